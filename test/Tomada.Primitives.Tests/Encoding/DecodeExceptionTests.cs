using Tomada.Primitives.Encoding;
using Xunit;

namespace Tomada.Primitives.Tests;

public class DecodeExceptionTests
{
    [Fact]
    public void The_path_grows_from_the_inside_out()
    {
        DecodeException refusal = new DecodeException("is odd")
            .Within("energyWh").Within("[2]").Within("legs").Within("body");
        Assert.Equal("body.legs[2].energyWh", refusal.Path);
        Assert.Equal("body.legs[2].energyWh: is odd", refusal.Message);
    }
}
