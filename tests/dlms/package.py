"""Installs the component dlms into an empty folder, moves that, and builds and runs a program against it, found
by CMake and by pkg-config. Shows COM-2's library to stand alone.

    package.py build-folder C-compiler
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = "done: 1234 Wh\n"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, text=True,
                          stdout=subprocess.PIPE, **options).stdout


def main(build, compiler):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run("cmake", "--install", build, "--component", "dlms", "--prefix", folder / "first")
        prefix = (folder / "first").rename(folder / "moved")
        installed = sorted(path.suffix for path in prefix.rglob("*") if path.is_file())
        assert set(installed) == {".a", ".cmake", ".h", ".pc"}, installed

        run("cmake", "-S", HERE / "package", "-B", folder / "build", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={compiler}")
        run("cmake", "--build", folder / "build")
        assert run(folder / "build/package_user") == EXPECTED

        (described,) = prefix.rglob("dlms.pc")
        flags = run("pkg-config", "--cflags", "--libs", "dlms",
                    env={**os.environ, "PKG_CONFIG_PATH": str(described.parent)}).split()
        run(compiler, "-std=c11", HERE / "package/main.c", "-o", folder / "plain", *flags)
        assert run(folder / "plain") == EXPECTED


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
