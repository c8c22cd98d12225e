"""watthour replay: what a meter registers of recordings whose energies are known.

Shows MET-3 (active and reactive energy in four quadrants), MET-4 (values per phase) and MET-9 (the
LED counts what the register counts) in the program as its users run it.
"""
import json
import math
import pathlib
import re
import unittest

import comtrade
from program import Case, run

ENERGIES = ["a_plus_wh", "a_minus_wh", "r_plus_varh", "r_minus_varh", "r1_varh", "r2_varh", "r3_varh", "r4_varh"]
PHASE_VALUES = ["u_rms_v", "i_rms_a", "p_w", "q_var", "s_va", "pf", "a_plus_wh", "a_minus_wh"]

RECORDINGS = pathlib.Path(__file__).resolve().parents[3] / "shared/recordings"
ENERGY_LIMIT = POWER_LIMIT = 0.0005
RMS_LIMIT = 0.001


def reference_values():
    """-> {file: (U, I, P)} from the table that comes with the recordings; empty where there are none"""
    readme = RECORDINGS / "README.md"
    rows = [line.strip("| ").split("|") for line in readme.read_text().splitlines()] if readme.exists() else []
    return {row[0].strip(): tuple(float(cell) for cell in row[2:5])
            for row in rows if len(row) == 6 and row[1].strip().isdigit()}


class Replay(Case):
    def replay(self, *arguments):
        done = run("replay", "--json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def write_phases(self, *phases, seconds=3):
        return comtrade.write(self.folder, "bench", phases, seconds)


class Contract(Replay):
    """The JSON object that scripts rely on."""

    def test_keys_and_types(self):
        """MET-3, MET-4: every energy and every value of a phase is there, and nothing else."""
        result = self.replay(self.write_phases(comtrade.Phase("A", 230, 10, 30)), "--loop", "--seconds", 2)
        self.assertEqual(list(result), ["model", "seconds", "energy", "pulses", "phase", "f_hz"])
        self.assertEqual(result["model"], "382M")
        self.assertEqual(list(result["energy"]), ENERGIES)
        self.assertEqual([list(phase) for phase in result["phase"]], [PHASE_VALUES] * 3)
        self.assertIs(type(result["pulses"]), int)
        for value in [result["seconds"], result["f_hz"], *result["energy"].values(), *result["phase"][0].values()]:
            self.assertIs(type(value), float)
        idle = result["phase"][2]
        self.assertIsNone(idle.pop("pf"), "without a load there is no power factor")
        self.assertEqual({type(value) for value in idle.values()}, {float})

    def test_text_for_people_says_the_same(self):
        path = self.write_phases(comtrade.Phase("A", 230, 10, 30))
        energy = self.replay(path, "--loop", "--seconds", 30)["energy"]
        text = run("replay", path, "--loop", "--seconds", 30).stdout
        self.assertRegex(text, rf"A\+ +{energy['a_plus_wh']:.6f} Wh\n")
        self.assertRegex(text, rf"R1 +{energy['r1_varh']:.6f} varh\n")

    def test_same_input_same_output(self):
        path = self.write_phases(comtrade.Phase("A", 230, 10, 30), comtrade.Phase("B", 231, 3, 60))
        first = run("replay", path, "--loop", "--seconds", 30, "--json").stdout
        self.assertEqual(run("replay", path, "--loop", "--seconds", 30, "--json").stdout, first)


class Clipping(Replay):
    """What is beyond the converter's full scale is not measured, and that is said."""

    def test_current_beyond_the_full_scale(self):
        path = self.write_phases(comtrade.Phase("A", 230, 60, 0), comtrade.Phase("B", 230, 5, 0))
        done = run("replay", "--json", "--model", "351C", "--loop", "--seconds", 2, path)
        self.assertEqual(done.returncode, 0)
        self.assertLess(json.loads(done.stdout)["phase"][0]["i_rms_a"], 59)
        clipped = re.fullmatch(r"watthour replay: clipped at the converter: I1 (\d+) samples "
                               r"\(full scale [\d.]+ A\)\n", done.stderr)
        self.assertIsNotNone(clipped, done.stderr)
        self.assertLess(4096, int(clipped[1]))
        self.assertLess(int(clipped[1]), 8192)

    def test_voltage_too(self):
        path = self.write_phases(comtrade.Phase("A", 900, 1, 0), comtrade.Phase("B", 900, 1, 0))
        done = run("replay", "--loop", "--seconds", 1, path)
        self.assertRegex(done.stderr, r"converter: U1 \d+ samples \(full scale \d+ V\), U2 \d+ samples \(")

    def test_peaks_within_it(self):
        done = run("replay", "--loop", "--seconds", 1, self.write_phases(comtrade.Phase("A", 264, 100, 0)))
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class KnownEnergies(Replay):
    """Recordings that the test writes."""

    def check_phase(self, phase, expected, hours):
        self.assertRelative(phase["u_rms_v"], expected.u_v, 2e-4, "U")
        self.assertRelative(phase["i_rms_a"], expected.i_a, 2e-4, "I")
        self.assertRelative(phase["p_w"], expected.p_w, 2e-4, "P")
        self.assertRelative(phase["s_va"], expected.u_v * expected.i_a, 2e-4, "S")
        self.assertAlmostEqual(phase["q_var"], expected.q_var, delta=2e-4 * expected.u_v * expected.i_a)
        self.assertAlmostEqual(phase["pf"], expected.p_w / expected.u_v / expected.i_a, delta=2e-4)
        own, other = ("a_plus_wh", "a_minus_wh") if expected.p_w > 0 else ("a_minus_wh", "a_plus_wh")
        self.assertRelative(phase[own], abs(expected.p_w) * hours, 2e-4, own)
        self.assertLess(phase[other], 1e-6 * hours * abs(expected.p_w) + 1e-6)

    def check_totals(self, energy, p_w, q_var, hours):
        """MET-3: total power decides between A+ and A-, both together decide the quadrant."""
        quadrant = {(True, True): "r1_varh", (False, True): "r2_varh",
                    (False, False): "r3_varh", (True, False): "r4_varh"}[p_w > 0, q_var > 0]
        own = {"a_plus_wh" if p_w > 0 else "a_minus_wh": abs(p_w) * hours, quadrant: abs(q_var) * hours,
               "r_plus_varh" if q_var > 0 else "r_minus_varh": abs(q_var) * hours}
        for name in ENERGIES:
            if name in own:
                self.assertRelative(energy[name], own[name], 3e-4, name)
            else:  # some where the load is switched off: the phases' windows end at different instants
                self.assertLess(energy[name], 1e-5 * max(own.values()), name)
        self.assertAlmostEqual(energy["r_plus_varh"], energy["r1_varh"] + energy["r2_varh"], places=6)
        self.assertAlmostEqual(energy["r_minus_varh"], energy["r3_varh"] + energy["r4_varh"], places=6)

    def check_recording(self, *phases):
        seconds = 60
        result = self.replay(self.write_phases(*phases), "--loop", "--seconds", seconds)
        self.assertEqual(result["seconds"], seconds)
        self.assertAlmostEqual(result["f_hz"], 50, delta=0.001)
        for measured, expected in zip(result["phase"], phases):
            self.check_phase(measured, expected, seconds / 3600)
        self.check_totals(result["energy"], sum(phase.p_w for phase in phases),
                          sum(phase.q_var for phase in phases), seconds / 3600)

    def test_three_phases_one_exporting(self):
        """MET-3, MET-4: three different phases in V, kV, A, kA and mA."""
        self.check_recording(comtrade.Phase("A", 230, 20, 30, "kV", "kA"),
                             comtrade.Phase("B", 225, 8, 150, "V", "mA"),
                             comtrade.Phase("C", 236, 5, -45, "kV", "A"))

    def test_all_four_quadrants(self):
        """MET-3: R1 to R4 by the directions of active and reactive power."""
        for lag_deg in (30, 150, -150, -30):
            with self.subTest(lag_deg=lag_deg):
                self.check_recording(comtrade.Phase("A", 230, 10, lag_deg), comtrade.Phase("B", 231, 9, lag_deg))

    def test_export_weighs_against_import(self):
        """MET-3: the main registers go by the sum of the phases, the phases' own by their own sign."""
        self.check_recording(comtrade.Phase("A", 230, 4, 20), comtrade.Phase("B", 230, 10, 160),
                             comtrade.Phase("C", 230, 2, 80))

    def test_pulses_count_the_register(self):
        """MET-9: one pulse a Wh, from the same count as the register."""
        path = self.write_phases(comtrade.Phase("A", 230, 10, 0))
        for seconds in (10, 120):
            result = self.replay(path, "--loop", "--settle", 0, "--seconds", seconds)
            self.assertEqual(result["pulses"], math.floor(result["energy"]["a_plus_wh"]))
        settled = self.replay(path, "--loop", "--seconds", 120)
        self.assertLess(abs(settled["pulses"] - settled["energy"]["a_plus_wh"]), 1)

    def test_three_phase_is_three_times_the_power(self):
        path = self.write_phases(comtrade.Phase("A", 230, 10, 30))
        single = self.replay(path, "--loop", "--seconds", 60)
        triple = self.replay(path, "--loop", "--seconds", 60, "--three-phase")
        for name in ("a_plus_wh", "r_plus_varh", "r1_varh"):
            self.assertRelative(triple["energy"][name], 3 * single["energy"][name], 1e-5, name)
        for phase in triple["phase"]:
            self.assertRelative(phase["p_w"], single["phase"][0]["p_w"], 1e-5, "P of a phase")


class Spans(Replay):
    """--seconds, --settle and recordings that end."""

    P_W, U_V, I_A = 2300, 230, 10

    def setUp(self):
        super().setUp()
        self.path = self.write_phases(comtrade.Phase("A", self.U_V, self.I_A, 0))

    def check(self, seconds, *arguments):
        """Energy and means belong to the seconds that are said to have been counted."""
        result = self.replay(self.path, *arguments)
        self.assertAlmostEqual(result["seconds"], seconds, delta=0.21, msg="to a window, at most")
        self.assertRelative(result["energy"]["a_plus_wh"], self.P_W * result["seconds"] / 3600, 2e-3, "A+")
        phase = result["phase"][0]
        for name, expected in (("u_rms_v", self.U_V), ("i_rms_a", self.I_A), ("p_w", self.P_W), ("pf", 1)):
            self.assertRelative(phase[name], expected, 2e-3, name)
        return result

    def test_recording_is_played_once(self):
        self.check(3, "--settle", 0)
        self.check(2, "--settle", 1)

    def test_seconds_stop_before_its_end(self):
        self.assertEqual(self.check(1, "--settle", 0, "--seconds", 1)["seconds"], 1)
        self.assertEqual(self.check(0.5, "--settle", 1, "--seconds", 0.5)["seconds"], 0.5)

    def test_seconds_beyond_its_end_are_not_counted(self):
        self.assertEqual(self.check(3, "--settle", 0, "--seconds", 100)["seconds"], 3)

    def test_frequency_is_that_before_the_end(self):
        """The end of a recording cuts a window; its frequency is not the mains'."""
        for seconds in (0.663, 0.873, 1.053, 1.263):
            path = self.write_phases(comtrade.Phase("A", 230, 10, 0), seconds=seconds)
            self.assertAlmostEqual(self.replay(path, "--settle", 0)["f_hz"], 50, delta=0.001, msg=seconds)

    def test_loop_lasts_a_minute_by_itself(self):
        self.assertEqual(self.check(60, "--loop")["seconds"], 60)

    def test_settling_is_not_counted(self):
        """Whatever the settling, the same seconds give the same energy."""
        energies = [self.check(20, "--loop", "--seconds", 20, "--settle", settle)["energy"]["a_plus_wh"]
                    for settle in (0, 0.1, 5, 77.7)]
        for energy in energies[1:]:
            self.assertRelative(energy, energies[1], 1e-4, "A+")

    def test_counting_is_exact_to_the_sample(self):
        """Two spans are as long as both together: nothing is lost at their ends."""
        short, long = (self.replay(self.path, "--loop", "--seconds", seconds)["energy"]["a_plus_wh"]
                       for seconds in (7.3, 107.3))
        self.assertRelative(long - short, self.P_W * 100 / 3600, 1e-5, "A+ of 100 s")

    def test_nothing_left_after_settling(self):
        for settle in (3, 10, 2.99999):
            done = run("replay", self.path, "--settle", settle, "--json")
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
            self.assertRegex(done.stderr, r"bench\.cfg lasts 3 s: nothing is left after settling .* add --loop")


class Appliances(Replay):
    """MET-7: real household waveforms, which are no part of the project, against their own arithmetic."""

    def setUp(self):
        super().setUp()
        self.table = reference_values()
        if not self.table:
            self.skipTest(f"no recordings in {RECORDINGS}: their energies are not tested")

    def test_energy_and_power_of_each(self):
        """MET-3, MET-4, MET-7"""
        for name, (u_v, i_a, p_w) in self.table.items():
            with self.subTest(recording=name):
                result = self.replay(RECORDINGS / f"{name}.cfg", "--loop", "--seconds", 60)
                phase = result["phase"][0]
                self.assertRelative(result["energy"]["a_plus_wh"], p_w * 60 / 3600, ENERGY_LIMIT, "A+")
                self.assertRelative(phase["p_w"], p_w, POWER_LIMIT, "P")
                self.assertRelative(phase["u_rms_v"], u_v, RMS_LIMIT, "U")
                self.assertRelative(phase["i_rms_a"], i_a, RMS_LIMIT, "I")

    def test_kettle_for_an_hour(self):
        """MET-3, MET-9: 1310.39 Wh, and a pulse for each"""
        result = self.replay(RECORDINGS / "kettle.cfg", "--seconds", 3600, "--loop")
        self.assertRelative(result["energy"]["a_plus_wh"], 1310.39, ENERGY_LIMIT, "A+")
        self.assertLess(abs(result["pulses"] - result["energy"]["a_plus_wh"]), 1)

    def test_kettle_on_three_phases(self):
        arguments = (RECORDINGS / "kettle.cfg", "--loop", "--seconds", 600)
        single = self.replay(*arguments)["energy"]["a_plus_wh"]
        self.assertRelative(self.replay(*arguments, "--three-phase")["energy"]["a_plus_wh"], 3 * single, 1e-5, "A+")


if __name__ == "__main__":
    if not reference_values():
        print(f"no recordings in {RECORDINGS}: not tested with real appliances")
    unittest.main()
