using Tomada.Primitives;
using PowerType = Tomada.Ledger.PowerType;

namespace Tomada.Devices;

/// <summary>
/// What flows into a battery over time, at a power that may change: a function of ledger time
/// alone, however often or late it is asked.
/// </summary>
/// <param name="battery">Takes the energy.</param>
/// <param name="goalWh">Where it ends, in Wh since the start.</param>
/// <param name="type">Of the connector.</param>
/// <param name="start">When the plug went in; nothing flows before a power is set.</param>
internal sealed class ChargeFlow(
    Battery battery, double goalWh, PowerType type, Timestamp start)
{
    private double _doneWh;
    private Timestamp _from = start;
    private int _powerW;

    /// <summary>What flowed until a time; later than the last change of the power.</summary>
    public double AddedWh(Timestamp at) => _powerW == 0 || at <= _from
        ? _doneWh
        : _doneWh + battery.AddedAfter(at.Since(_from), goalWh - _doneWh, type, _powerW);

    /// <summary>What flows at a time, in W.</summary>
    public int PowerW(Timestamp at) => _powerW == 0 || at >= FullAt
        ? 0
        : Math.Min(_powerW, battery.PowerW(AddedWh(at) - _doneWh, type, _powerW));

    public int SocPermille(Timestamp at) => battery.SocPermilleWith(AddedWh(at) - _doneWh);

    /// <summary>When nothing more is wanted, or fits; null while no power is there.</summary>
    public Timestamp? FullAt => _powerW == 0 && _doneWh < goalWh
        ? null
        : _from.Plus(_powerW == 0
            ? TimeSpan.Zero
            : battery.TimeFor(goalWh - _doneWh, type, _powerW));

    /// <summary>From then on no more than so much power flows; 0 for none.</summary>
    public void SetPower(int powerW, Timestamp at)
    {
        double addedWh = AddedWh(at);
        battery.Charge(addedWh - _doneWh);
        _doneWh = addedWh;
        _from = at > _from ? at : _from;
        _powerW = powerW;
    }

    /// <summary>All that flowed is now in the battery, as the station's meter says.</summary>
    public void End(double meteredWh)
    {
        battery.Charge(meteredWh - _doneWh);
        _doneWh = meteredWh;
        _powerW = 0;
    }
}
