"""Recordings for the tests, written here in the words of IEEE C37.111-1999: ASCII, sines."""
import math

RATE_HZ = 6400
CYCLES_S = 50
FULL = 90000  # the largest number used; 99999 means missing


class Phase:
    """A sine of voltage and one of current, which lags by some degrees (leads, if negative)."""

    def __init__(self, name, u_v, i_a, lag_deg, unit_u="V", unit_i="A"):
        self.name, self.u_v, self.i_a, self.lag_deg = name, u_v, i_a, lag_deg
        self.unit_u, self.unit_i = unit_u, unit_i

    @property
    def p_w(self):
        return self.u_v * self.i_a * math.cos(math.radians(self.lag_deg))

    @property
    def q_var(self):
        return self.u_v * self.i_a * math.sin(math.radians(self.lag_deg))


def channel(number, name, phase, unit, multiplier):
    return f"{number},{name},{phase},,{unit},{multiplier:.12g},0,0,-99998,99998,1,1,P"


def peak(rms, unit):
    """The amplitude in the unit of a channel."""
    return rms * math.sqrt(2) / {"k": 1e3, "m": 1e-3}.get(unit[0], 1)


def channels(phases):
    lines = []
    for phase in phases:
        for name, rms, unit in (("U", phase.u_v, phase.unit_u), ("I", phase.i_a, phase.unit_i)):
            lines.append(channel(len(lines) + 1, name + phase.name, phase.name, unit, peak(rms, unit) / FULL))
    return lines


def configuration(phases, sample_count):
    analog = channels(phases)
    return "\n".join(["bench,test,1999", f"{len(analog)},{len(analog)}A,0D", *analog, str(CYCLES_S), "1",
                      f"{RATE_HZ},{sample_count}", "01/01/2024,00:00:00.000000", "01/01/2024,00:00:00.000000",
                      "ASCII", "1", ""])


def samples(phases, sample_count):
    period = RATE_HZ // CYCLES_S
    rows = []  # one cycle: the rest repeats it
    for k in range(period):
        values = []
        for index, phase in enumerate(phases):
            angle = 2 * math.pi * (k / period - index / 3)
            values += [FULL * math.sin(angle), FULL * math.sin(angle - math.radians(phase.lag_deg))]
        rows.append(",".join(str(round(value)) for value in values))
    return "".join(f"{n + 1},,{rows[n % period]}\n" for n in range(sample_count))


def write(folder, name, phases, seconds=3):
    """Writes name.cfg and name.dat. -> the path of name.cfg"""
    count = round(seconds * RATE_HZ)
    (folder / f"{name}.dat").write_text(samples(phases, count))
    (folder / f"{name}.cfg").write_text(configuration(phases, count))
    return folder / f"{name}.cfg"
