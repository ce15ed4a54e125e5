using Tomada.Primitives.Encoding;
using Xunit;

namespace Tomada.Primitives.Tests;

public class EnumNamesTests
{
    [Theory]
    [InlineData("Free", "FREE")]
    [InlineData("OutOfOrder", "OUT_OF_ORDER")]
    [InlineData("AC", "AC")]
    [InlineData("IEC_62196_T2_COMBO", "IEC_62196_T2_COMBO")]
    [InlineData("NoShow2", "NO_SHOW2")]
    public void Names_are_spelled_as_ocpi_spells_them(string name, string spelled) =>
        Assert.Equal(spelled, EnumNames.UpperSnake(name));
}
