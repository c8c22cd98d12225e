"""What is wrong is refused: exit code 2, one line on standard error that names the thing, nothing on
standard output, and nothing written.

Shows MEM-2 where a memory is damaged: what was registered is never given up silently.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import unittest

import comtrade
from eeprom import IDENTITY, REGISTERS, Image
from program import PROGRAM, Case, Meter, listing, run

FREE = ("--web", "127.0.0.1:0", "--dlms", "127.0.0.1:0", "--module-port", "127.0.0.1:0")
LOAD = """
loads:
  - {name: heater, kind: heater, phase: 123, power_w: 60000, on: on}
"""


class Refusal(Case):
    def setUp(self):
        super().setUp()
        self.state = self.folder / "state"

    def refuse(self, arguments, *named, **options):
        """Runs the program, which must refuse and name all the things."""
        before = listing(self.folder)
        done = run(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour[^\n]*: [^\n]+\n\Z", "one line")
        for thing in named:
            self.assertIn(str(thing), done.stderr)
        after = listing(self.folder)
        self.assertEqual(sorted(after), sorted(before), "files were made or removed")
        self.assertEqual([name for name in before if after[name] != before[name]], [], "files were written")
        return done.stderr

    def refuse_run(self, arguments, *named, **options):
        return self.refuse(["run", "--state", self.state, *FREE, *arguments], *named, **options)


class CommandLine(Refusal):
    CASES = [
        (["fly"], "fly"),
        (["help", "fly"], "fly"),
        (["help", "run", "fast"], "fast"),
        (["version", "now"], "now"),
        (["--version", "now"], "now"),
        (["run", "--sideways"], "--sideways"),
        (["run", "--sideways=3"], "--sideways"),
        (["run", "meter"], '"meter"'),
        (["run", "-x"], '"-x"'),
        (["run", "--"], "--"),
        (["run", "--model"], "--model needs MODEL"),
        (["run", "--no-web=yes"], "--no-web"),
        (["run", "--three-phase"], "--three-phase", "--recording"),
        (["run", "--state", ""], "--state"),
        (["run", "--state="], "--state"),
        (["replay"], "FILE.cfg is missing"),
        (["replay", "a.cfg", "b.cfg"], '"b.cfg"'),
        (["replay", "a.cfg", "--seconds"], "--seconds needs N"),
        (["replay", "a.cfg", "--settle", "long"], "--settle", '"long"'),
        (["replay", "a.cfg", "--settle", "-1"], "--settle", "-1"),
        (["replay", "a.cfg", "--settle", "nan"], "--settle", "nan"),
        (["replay", "a.cfg", "--settle", "1s"], "--settle", '"1s"'),
    ]

    def test_breaker_of_a_model_without(self):
        """BRK-1"""
        self.refuse_run(["--model", "351C", "--breaker"], "--breaker", "351C")

    def test_each_bad_line(self):
        for arguments, *named in self.CASES:
            with self.subTest(arguments=arguments):
                self.refuse(arguments, *named)

    def test_each_bad_option_of_run(self):
        recording = comtrade.write(self.folder, "bench", [comtrade.Phase("A", 230, 1, 0)], seconds=1)
        scenario = self.write("home.yaml", LOAD)
        for arguments, *named in [
            (["--model", "999X"], "unknown model 999X; known: 382M, 382L, 351C\n"),
            (["--model", ""], "model", "382M"),
            (["--scenario", scenario, "--recording", recording], "--scenario", "--recording"),
            (["--dlms", "nowhere"], "--dlms", '"nowhere"'),
            (["--dlms", "127.0.0.1:"], "--dlms", '"127.0.0.1:"'),
            (["--dlms", "127.0.0.1:65536"], "--dlms", "65536"),
            (["--dlms", "127.0.0.1:-1"], "--dlms", "-1"),
            (["--dlms", "x" * 300 + ":1"], "--dlms"),
            (["--dlms", "203.0.113.1:4059"], "203.0.113.1:4059", "--dlms"),
            (["--dlms", "no such host:1"], "no such host:1", "--dlms"),
            (["--web", "127.0.0.1:http"], "--web", "http"),
            (["--web", "203.0.113.1:80"], "203.0.113.1:80", "--web"),
        ]:
            with self.subTest(arguments=arguments):
                self.refuse_run(arguments, *named)
        self.assertFalse(self.state.exists())

    def test_each_bad_option_of_replay(self):
        recording = comtrade.write(self.folder, "bench", [comtrade.Phase("A", 230, 1, 0)], seconds=1)
        for arguments, *named in [
            (["--model", "999X", "--settle", "0"], "unknown model 999X; known: 382M, 382L, 351C\n"),
            (["--loop", "--seconds", "0"], "--seconds", "0"),
            (["--loop", "--seconds", "0.199"], "--seconds: 0.199 is not in 0.2"),
            (["--loop", "--seconds", "inf"], "--seconds", "inf"),
            (["--loop", "--seconds", "--json"], "--seconds", "--json"),
            ([], "bench.cfg", "1 s", "--settle"),
        ]:
            with self.subTest(arguments=arguments):
                self.refuse(["replay", recording, *arguments], *named)

    def test_good_lines_print_on_stdout(self):
        for arguments in ([], ["help"], ["--help"], ["help", "run"], ["replay", "--help"], ["version"], ["--version"]):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
            self.assertIn("watthour", done.stdout)


    def test_help_anywhere_in_a_line(self):
        for command in ("run", "replay", "accuracy", "calibrate", "version", "help"):
            wanted = run("help", command).stdout
            self.assertIn(f"watthour {command}", wanted)
            for arguments in (["-h"], ["--help"], ["--nonsense", "--help"], ["a.cfg", "b.cfg", "-h", "--json"]):
                done = run(command, *arguments)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, wanted, ""), arguments)
        self.assertEqual(run("-h").stdout, run("help").stdout)

    def test_output_that_cannot_be_written(self):
        """A result that did not arrive is no success."""
        recording = comtrade.write(self.folder, "bench", [comtrade.Phase("A", 230, 1, 0)], seconds=1)
        for arguments in (["replay", recording, "--settle", "0", "--json"], ["replay", recording, "--settle", "0"],
                          ["help"], ["version"], ["run", "--help"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertRegex(done.stderr, r"\Awatthour[^\n]*: cannot write to standard output[^\n]*\n\Z")

    def test_help_names_every_model(self):
        for command in ("run", "replay", "accuracy", "calibrate"):
            self.assertIn("--model MODEL              which meter: 382M, 382L or 351C (382M)\n",
                          run("help", command).stdout)


class Ports(Refusal):
    """A port in use is named with its host, and the option that changes it."""

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            place = f"127.0.0.1:{other.getsockname()[1]}"
            for option in ("--dlms", "--web", "--module-port", "--optical-tcp"):
                with self.subTest(option=option):
                    self.refuse_run([option, place], place, f"another with {option} HOST:PORT")
        self.assertFalse(self.state.exists())


class Recordings(Refusal):
    """Malformed COMTRADE is named by file and place, by both commands."""

    def setUp(self):
        super().setUp()
        self.path = comtrade.write(self.folder, "bench", [comtrade.Phase("A", 230, 1, 0)], seconds=1)
        self.data = self.path.with_suffix(".dat")

    def refuse_both(self, *named):
        self.refuse(["replay", self.path, "--settle", 0], *named)
        self.refuse_run(["--recording", self.path], *named)
        self.assertFalse(self.state.exists())

    def change(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def test_missing_files(self):
        self.data.unlink()
        self.refuse_both("bench.dat")
        self.path.unlink()
        self.refuse_both("bench.cfg")

    def test_a_folder(self):
        self.data.unlink()
        self.path.unlink()
        self.path.mkdir()
        self.refuse_both("bench.cfg")

    def test_empty_files(self):
        self.data.write_text("")
        self.refuse_both("bench.dat")
        self.path.write_text("")
        self.refuse_both("bench.cfg")

    def test_configuration(self):
        original = self.path.read_text()
        for old, new, *named in [
            ("1,UA,A,,V,", "1,UA,A,,V,x", "line 3", "field 6"),
            ("bench,test,1999", "bench,test,1899", "line 1", "1899"),
            ("2,2A,0D", "2,3A,0D", "line 2"),
            ("ASCII", "EBCDIC", "EBCDIC"),
            ("6400,6400", "6400,7000", "bench.dat"),
            ("6400,6400", "0.001,6400", "line"),
            (",A,,V,", ",A,,W,", "bench.cfg"),
        ]:
            with self.subTest(new=new):
                self.path.write_text(original)
                self.change(self.path, old, new)
                self.refuse_both("bench.", *named)

    def test_data(self):
        original = self.data.read_text()
        for old, new, *named in [
            ("\n3,,", "\n3,,x", "record 3", "byte"),
            ("\n3,,", "\n9,,", "record 3", "byte"),
            ("\n3,,", "\n3,,1,", "record 3"),
        ]:
            with self.subTest(new=new):
                self.data.write_text(original)
                self.change(self.data, old, new)
                self.refuse_both("bench.dat", *named)
        self.data.write_text(original[:len(original) // 2])
        self.refuse_both("bench.dat")

    def test_noise(self):
        self.path.write_bytes(bytes(range(256)) * 16)
        self.refuse_both("bench.cfg")


class Scenarios(Refusal):
    CASES = [
        ("loads:\n  - {name: t, kind: toaster, phase: 1}\n", "line 2", "toaster"),
        ("mains:\n  voltage_v: 1000000\n", "line 2", "voltage_v"),
        ("mains:\n  colour: blue\n", "line 2", "colour"),
        ("loads:\n  - {name: t, kind: heater, phase: 4}\n", "line 2", "phase"),
        ("events:\n  - {at_s: 1, do: switch, load: ghost, on: on}\n", "line 2", "ghost"),
        ("seed: [\n", "line"),
        ("\tseed: 1\n", "line 1"),
    ]

    def test_each_bad_scenario(self):
        for text, *named in self.CASES:
            with self.subTest(text=text):
                self.refuse_run(["--scenario", self.write("bad.yaml", text)], "bad.yaml", *named)
        self.assertFalse(self.state.exists())

    def test_no_such_file(self):
        self.refuse_run(["--scenario", self.folder / "none.yaml"], "none.yaml")

    def test_noise(self):
        self.refuse_run(["--scenario", self.write("bad.yaml", bytes(range(256)))], "bad.yaml")


class State(Refusal):
    """The folder in which the memory is kept."""

    def test_in_use_by_another_meter(self):
        """Two meters cannot share a memory."""
        with Meter(self.state, "--scenario", self.write("idle.yaml", "loads: []\n")):
            self.refuse_run([], self.state / "eeprom.bin", "in use by another meter", "--state")

    def test_under_a_file(self):
        self.write("file", "x")
        self.refuse(["run", "--state", self.folder / "file" / "state", *FREE], self.folder / "file" / "state")

    def test_memory_that_is_a_folder(self):
        (self.state / "eeprom.bin").mkdir(parents=True)
        self.refuse_run([], self.state / "eeprom.bin")

    def test_unwritable(self):
        self.state.mkdir(mode=0o555)
        self.folder.chmod(0o755)
        arguments = [PROGRAM, "run", "--state", str(self.state), *FREE]
        options = {}
        if os.getuid() == 0:  # nothing is unwritable for root: become nobody
            options = {"user": 65534, "group": 65534, "extra_groups": []}
            copy = shutil.copy(PROGRAM, self.folder / "watthour")
            arguments[0] = str(copy)
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL, **options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour run: .*state/eeprom\.bin: [^\n]+\n\Z")
        self.assertEqual(list(self.state.iterdir()), [])

    def test_too_long(self):
        """Never cut to the name of another folder."""
        path = str(self.folder) + "/." * 2500
        self.refuse(["run", "--state", path, *FREE], "--state", str(len(path)))
        self.refuse(["run", *FREE], "--state", env={"XDG_DATA_HOME": path})

    def test_no_home(self):
        self.refuse(["run", *FREE], "HOME", "--state", env={"HOME": "", "XDG_DATA_HOME": ""})


class Memory(Refusal):
    """MEM-2: a damaged memory is refused and left as it is, or what is lost is said."""

    @classmethod
    def setUpClass(cls):
        """One meter runs until it has stored some records; the tests damage copies of its memory."""
        case = Case()
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.scenario = case.write("home.yaml", LOAD)
        with Meter(case.folder / "state", "--scenario", cls.scenario) as meter:
            meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 10)
            meter.stop()
        cls.good = (case.folder / "state/eeprom.bin").read_bytes()

    def setUp(self):
        super().setUp()
        self.state.mkdir()
        self.image = Image(self.good)

    def store(self, data):
        (self.state / "eeprom.bin").write_bytes(data)

    def refuse_image(self, *named):
        self.store(self.image.data)
        self.refuse_run([], self.state / "eeprom.bin", *named)

    def start(self):
        """-> the registers and all messages of a meter that starts with the image"""
        self.store(self.image.data)
        with Meter(self.state, "--scenario", self.write("idle.yaml", "loads: []\n")) as meter:
            state = meter.state()
            meter.stop()
        return state["registers"], "\n".join(message["text"] for message in state["messages"])

    def test_undamaged(self):
        """MEM-1, MEM-2"""
        registers, messages = self.start()
        self.assertGreater(registers["a_plus_wh"], 10)
        self.assertNotIn("damaged", messages.lower())

    def test_wrong_size(self):
        for data in (self.good[:-1], self.good + b"\xFF", self.good[:1000], b"\0", b"\xFF" * (len(self.good) + 1)):
            with self.subTest(size=len(data)):
                self.store(data)
                self.refuse_run([], self.state / "eeprom.bin", "size", len(self.good))

    def test_something_else(self):
        """A file of the right size that never was a memory"""
        self.store((b"Dear diary, " * len(self.good))[:len(self.good)])
        self.refuse_run([], self.state / "eeprom.bin", "nothing was changed")

    def test_both_superblocks_destroyed(self):
        """MEM-2"""
        for address in self.image.superblocks():
            self.image.flip(address)
        self.refuse_image("superblocks", "nothing was changed", "--state")

    def test_one_superblock_destroyed(self):
        """MEM-2: the other is enough, and both are whole afterwards."""
        for address in self.image.superblocks():
            self.image = Image(self.good)
            self.image.flip(address)
            registers, _ = self.start()
            self.assertGreater(registers["a_plus_wh"], 10)
            repaired = (self.state / "eeprom.bin").read_bytes()
            size = self.image.superblock_area
            self.assertEqual(repaired[:size], repaired[size:2 * size])

    def test_all_registers_destroyed(self):
        """MEM-2: never a start from zero"""
        for address in self.image.written(REGISTERS):
            self.image.flip(address)
        self.refuse_image("registers", "damaged", "nothing was changed")

    def test_identity_destroyed(self):
        """MEM-2: nor a meter without its number"""
        for address in self.image.written(IDENTITY):
            self.image.flip(address)
        self.refuse_image("identity", "damaged", "nothing was changed")

    def test_newest_registers_destroyed(self):
        """MEM-2: the state before is used, and said to be older."""
        whole, _ = self.start()
        self.image.flip(self.image.written(REGISTERS)[0])
        registers, messages = self.start()
        self.assertIn("MEMORY DAMAGED", messages)
        self.assertIn("the state before is in use", messages)
        self.assertLessEqual(registers["a_plus_wh"], whole["a_plus_wh"])
        self.assertGreater(registers["a_plus_wh"], 9)

    def test_old_registers_destroyed(self):
        """MEM-2: nothing is lost, and it is said."""
        whole, _ = self.start()
        self.image.flip(self.image.written(REGISTERS)[2])
        registers, messages = self.start()
        self.assertIn("1 old record(s) damaged; nothing lost", messages)
        self.assertEqual(registers, whole)

    def test_wiped_records(self):
        """MEM-2: a memory whose records were wiped is no new meter."""
        slots, _ = self.image.rings[REGISTERS]
        for address in range(slots[0], len(self.good)):
            self.image.data[address] = 0xFF
        self.refuse_image("nothing was changed")


if __name__ == "__main__":
    unittest.main()
