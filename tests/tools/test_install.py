"""tools/install.sh with stand-ins for dpkg-query, apt-get, id and sudo: nothing is really installed."""
import os
import shutil
import subprocess
import unittest

from toolbox import ROOT, ToolTest

REAL = ("bash", "env", "sort", "xargs", "python3", "mktemp", "rm", "cat", "echo", "cp", "cmp", "mkdir")


class Install(ToolTest):
    def setUp(self):
        super().setUp()
        self.log = self.tree / "log"
        (self.tree / "tools").mkdir()
        shutil.copy(ROOT / "tools/install.sh", self.tree / "tools")
        self.write("tools/mbedtls.sh", "#!/bin/bash\n")
        (self.tree / "tools/mbedtls.sh").chmod(0o755)
        for name in REAL:
            path = subprocess.run(["which", name], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
            self.stub(name, f'exec {path} "$@"')
        self.stub("dpkg-query", 'case " $MISSING " in *" ${@: -1} "*) exit 1 ;; esac; echo -n installed')
        self.stub("apt-get", f'echo "apt-get $*" >>{self.log}; exit ${{APT_RESULT:-0}}')
        self.stub("id", "echo ${USER_ID:-0}")
        for name in ("node", "npm", "javac", "mvn"):
            self.stub(name, "")

    def stub(self, name, line):
        self.write("bin/" + name, f"#!/bin/bash\n{line}\n")
        (self.tree / "bin" / name).chmod(0o755)

    def install(self, *purposes, **environment):
        """-> (exit code, everything printed, what apt-get was asked)"""
        home = os.environ.get("HOME", "/")
        done = subprocess.run(["/bin/bash", self.tree / "tools/install.sh", *purposes], text=True, check=False,
                              env={"PATH": str(self.tree / "bin"), "HOME": home, **environment},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout, self.log.read_text() if self.log.exists() else ""

    def test_nothing_missing_is_quiet_and_asks_nobody(self):
        self.assertEqual(self.install("run", "test", "check", "firmware"), (0, "", ""))

    def test_only_what_is_missing_is_installed(self):
        code, output, asked = self.install("run", MISSING="ninja-build libuv1-dev libcmocka-dev")
        self.assertEqual((code, output), (0, "installing for run: libuv1-dev ninja-build\n"))
        update, install = asked.splitlines()
        self.assertIn("update", update)
        self.assertTrue(install.endswith("--no-install-recommends libuv1-dev ninja-build"))

    def test_node_only_when_there_is_none(self):
        (self.tree / "bin/node").unlink()
        self.assertIn("installing for run: nodejs\n", self.install("run")[1])
        self.assertEqual(self.install("firmware")[1], "")

    def test_java_only_when_there_is_none(self):
        (self.tree / "bin/javac").unlink()
        self.assertIn("installing for test: openjdk-17-jdk-headless\n", self.install("test")[1])
        (self.tree / "bin/mvn").unlink()
        self.assertIn("installing for test: maven openjdk-17-jdk-headless\n", self.install("test")[1])
        self.assertEqual(self.install("run", "check")[1], "")

    def test_user_goes_through_sudo(self):
        self.stub("sudo", f'echo "sudo" >>{self.log}; exec "$@"')
        code, _, asked = self.install("run", MISSING="cmake", USER_ID="1000")
        self.assertEqual((code, asked.splitlines()[0]), (0, "sudo"))

    def test_user_without_sudo_is_told_the_command(self):
        code, output, asked = self.install("run", MISSING="cmake gcc", USER_ID="1000")
        self.assertEqual((code, asked), (1, ""))
        self.assertIn("apt-get install --no-install-recommends cmake gcc", output)

    def test_failure_of_apt_is_a_failure(self):
        code, output, _ = self.install("run", MISSING="cmake", APT_RESULT="100")
        self.assertEqual(code, 1)
        self.assertIn("could not install: cmake", output)

    def test_another_system_gets_the_list(self):
        (self.tree / "bin/dpkg-query").unlink()
        code, output, _ = self.install("run")
        self.assertEqual(code, 1)
        self.assertIn("libwebsockets-dev", output)
        self.assertEqual(self.install("run", WATTHOUR_NO_INSTALL="1")[0], 0)

    def test_peers_of_the_tests_are_installed_once_a_list(self):
        self.stub("python3", f'echo "python3 $*" >>{self.log}\n'
                             f'if [ "$2" = venv ]; then mkdir -p .venv/bin; cp {self.tree}/bin/pip .venv/bin; fi')
        self.stub("pip", f'echo "pip $*" >>{self.log}')
        self.write("tests/requirements.txt", "some-peer==1\n")
        self.assertNotIn("venv --clear", self.install("run")[2])
        self.assertIn("installing the peers", self.install("test")[1])
        self.assertIn("-r tests/requirements.txt", self.log.read_text())
        self.assertEqual(self.install("test")[1], "")
        self.write("tests/requirements.txt", "some-peer==2\n")
        self.assertIn("installing the peers", self.install("test")[1])

    def test_java_peer_is_installed_once_a_list(self):
        self.stub("mvn", f'echo "mvn $*" >>{self.log}; mkdir -p .jars/maven; [ -z "$MVN_FAILS" ]')
        self.write("tests/interop/java/pom.xml", "<version>1</version>\n")
        self.assertNotIn("mvn", self.install("run")[2])
        self.assertNotEqual(self.install("test", MVN_FAILS="1")[0], 0)
        self.assertIn("installing the Java peer", self.install("test")[1])
        self.assertIn("--file tests/interop/java/pom.xml", self.log.read_text())
        self.assertFalse((self.tree / ".jars/maven").exists())
        self.assertEqual(self.install("test")[1], "")
        self.write("tests/interop/java/pom.xml", "<version>2</version>\n")
        self.assertIn("installing the Java peer", self.install("test")[1])
        self.assertEqual(self.install("test", WATTHOUR_NO_INSTALL="1")[1], "")

    def test_unknown_purpose(self):
        self.assertEqual(self.install("fly")[0], 2)
        self.assertEqual(self.install()[0], 2)


if __name__ == "__main__":
    unittest.main()
