"""SunSpec Modbus: a chain of models behind the mark "SunS" at register 40000, as holding registers.

Source: SunSpec Alliance, "SunSpec Device Information Model Specification" and the model definitions 1, 101, 120, 123,
124 and 201 (github.com/sunspec/models, json/model_*.json). Points are listed in their order there; a point that a
device does not implement holds the "not implemented" value of its type.
"""

from osb_hil.devices.modbus import Registers

BASE = 40000
_SIZE = {"acc32": 2, "bitfield32": 2, "string16": 16, "string8": 8}
_ABSENT = {"u16": (0xFFFF,), "s16": (0x8000,), "sf": (0x8000,), "acc32": (0, 0), "bitfield32": (0xFFFF, 0xFFFF)}
_KIND = {"u16": "u16", "s16": "s16", "sf": "s16", "acc32": "u32", "bitfield32": "u32"}


def _phases(kind: str, *names: str) -> str:
    return " ".join(f"{name}{phase}:{kind}" for name in names for phase in ("", "PhA", "PhB", "PhC"))


COMMON = "Mn:string16 Md:string16 Opt:string8 Vr:string8 SN:string16 DA:u16 Pad:s16"
INVERTER = (
    "A:u16 AphA:u16 AphB:u16 AphC:u16 A_SF:sf PPVphAB:u16 PPVphBC:u16 PPVphCA:u16 PhVphA:u16 PhVphB:u16 "
    "PhVphC:u16 V_SF:sf W:s16 W_SF:sf Hz:u16 Hz_SF:sf VA:s16 VA_SF:sf VAr:s16 VAr_SF:sf PF:s16 PF_SF:sf WH:acc32 "
    "WH_SF:sf DCA:u16 DCA_SF:sf DCV:u16 DCV_SF:sf DCW:s16 DCW_SF:sf TmpCab:s16 TmpSnk:s16 TmpTrns:s16 TmpOt:s16 "
    "Tmp_SF:sf St:u16 StVnd:u16 Evt1:bitfield32 Evt2:bitfield32 EvtVnd1:bitfield32 EvtVnd2:bitfield32 "
    "EvtVnd3:bitfield32 EvtVnd4:bitfield32"
)
NAMEPLATE = (
    "DERTyp:u16 WRtg:u16 WRtg_SF:sf VARtg:u16 VARtg_SF:sf VArRtgQ1:s16 VArRtgQ2:s16 VArRtgQ3:s16 VArRtgQ4:s16 "
    "VArRtg_SF:sf ARtg:u16 ARtg_SF:sf PFRtgQ1:s16 PFRtgQ2:s16 PFRtgQ3:s16 PFRtgQ4:s16 PFRtg_SF:sf WHRtg:u16 "
    "WHRtg_SF:sf AhrRtg:u16 AhrRtg_SF:sf MaxChaRte:u16 MaxChaRte_SF:sf MaxDisChaRte:u16 MaxDisChaRte_SF:sf Pad:s16"
)
CONTROLS = (
    "Conn_WinTms:u16 Conn_RvrtTms:u16 Conn:u16 WMaxLimPct:u16 WMaxLimPct_WinTms:u16 WMaxLimPct_RvrtTms:u16 "
    "WMaxLimPct_RmpTms:u16 WMaxLim_Ena:u16 OutPFSet:s16 OutPFSet_WinTms:u16 OutPFSet_RvrtTms:u16 "
    "OutPFSet_RmpTms:u16 OutPFSet_Ena:u16 VArWMaxPct:s16 VArMaxPct:s16 VArAvalPct:s16 VArPct_WinTms:u16 "
    "VArPct_RvrtTms:u16 VArPct_RmpTms:u16 VArPct_Mod:u16 VArPct_Ena:u16 WMaxLimPct_SF:sf OutPFSet_SF:sf "
    "VArPct_SF:sf"
)
STORAGE = (
    "WChaMax:u16 WChaGra:u16 WDisChaGra:u16 StorCtl_Mod:u16 VAChaMax:u16 MinRsvPct:u16 ChaState:u16 StorAval:u16 "
    "InBatV:u16 ChaSt:u16 OutWRte:s16 InWRte:s16 InOutWRte_WinTms:u16 InOutWRte_RvrtTms:u16 InOutWRte_RmpTms:u16 "
    "ChaGriSet:u16 WChaMax_SF:sf WChaDisChaGra_SF:sf VAChaMax_SF:sf MinRsvPct_SF:sf ChaState_SF:sf StorAval_SF:sf "
    "InBatV_SF:sf InOutWRte_SF:sf"
)
METER = (
    "A:s16 AphA:s16 AphB:s16 AphC:s16 A_SF:sf PhV:s16 PhVphA:s16 PhVphB:s16 PhVphC:s16 PPV:s16 PPVphAB:s16 PPVphBC:s16 "
    "PPVphCA:s16 V_SF:sf Hz:s16 Hz_SF:sf W:s16 WphA:s16 WphB:s16 WphC:s16 W_SF:sf VA:s16 VAphA:s16 VAphB:s16 VAphC:s16 "
    "VA_SF:sf VAR:s16 VARphA:s16 VARphB:s16 VARphC:s16 VAR_SF:sf PF:s16 PFphA:s16 PFphB:s16 PFphC:s16 PF_SF:sf "
    f"{_phases('acc32', 'TotWhExp', 'TotWhImp')} TotWh_SF:sf {_phases('acc32', 'TotVAhExp', 'TotVAhImp')} TotVAh_SF:sf "
    f"{_phases('acc32', 'TotVArhImpQ1', 'TotVArhImpQ2', 'TotVArhExpQ3', 'TotVArhExpQ4')} TotVArh_SF:sf Evt:bitfield32"
)
_POINTS = {1: COMMON, 101: INVERTER, 120: NAMEPLATE, 123: CONTROLS, 124: STORAGE, 201: METER}


class SunSpecMap:
    """The registers of a device with the given models, by point name."""

    def __init__(self, *models: int, writable: tuple[str, ...] = ()) -> None:
        self._places: dict[tuple[int, str], tuple[int, str]] = {}
        image: list[tuple[int, int]] = [(BASE, 0x5375), (BASE + 1, 0x6E53)]  # "SunS"
        address = BASE + 2
        for model in models:
            first = address
            address += 2
            for point in _POINTS[model].split():
                name, kind = point.split(":")
                self._places[model, name] = (address, kind)
                for word in _ABSENT.get(kind, (0,) * _SIZE.get(kind, 1)):
                    image.append((address, word))
                    address += 1
            image += [(first, model), (first + 1, address - first - 2)]
        image += [(address, 0xFFFF), (address + 1, 0)]
        allowed = [place[0] for (_, name), place in self._places.items() if name in writable]
        self.registers = Registers((BASE, address + 2 - BASE), writable=allowed)
        for at, word in image:
            self.registers.put(at, "u16", word)

    def address(self, model: int, name: str) -> int:
        """Where a point stands."""
        return self._places[model, name][0]

    def put(self, model: int, name: str, value: float | str) -> None:
        """Set a point, in its raw unit (before its scale factor)."""
        address, kind = self._places[model, name]
        if isinstance(value, str):
            self.registers.put_text(address, value, _SIZE[kind])
        else:
            self.registers.put(address, _KIND[kind], value)

    def get(self, model: int, name: str) -> int:
        """Read a point back, raw."""
        address, kind = self._places[model, name]
        return round(self.registers.get(address, _KIND[kind]))

    def name_plate(self, maker: str, model: str, serial: str, unit: int) -> None:
        """Fill model 1."""
        for name, value in (("Mn", maker), ("Md", model), ("Opt", ""), ("Vr", "1.0"), ("SN", serial)):
            self.put(1, name, value)
        self.put(1, "DA", unit)
