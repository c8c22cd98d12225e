"""watthour monitor, from outside: what recorded frames mean, as the reference texts tell it.

Every expected meaning here was written from the published description of the frame, not from the program's
output. The frames are those of the interface descriptions of the meter family, of public captures and of
public test collections.
"""
import json
import random
import signal
import socket
import struct
import subprocess
import threading
import unittest

from program import DEADLINE_S, PROGRAM, Case, run

SNRM = "7EA0200321937DD981801405020200060202000704000000010804000000016FEF7E"
UA = "7EA0202103737398818014050202000602008007040000000108040000000119D47E"
AARQ = "7EA02B032110FBAFE6E600601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF5FAF7E"
AARE = ("7EA0372103306C7CE6E7006129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001010007D0007"
        "7DEE7E")
GET = "7EA0190321326FD8E6E600C0018100010101000001FF0200A8E37E"
ANSWER = "7EA0152103525D8AE6E700C40181000600BC614FE4367E"
DISC = "7EA00703215303C77E"
UA_SHORT = "7EA00721037301407E"
METER_NUMBER = [SNRM, UA, AARQ, AARE, GET, ANSWER, DISC, UA_SHORT]

AARQ_LOW = ("7EA041212510523BE6E6006033A1090607608574050801018A0207808B0760857405080201AC0780053132333435BE10040E0100"
            "0000065F1F040000FE1FFFFF0CFF7E")
GET_PROFILE = ("7EA04C212532CDB2E6E600C0018100070101630100FF0201010204020412000809060001010000FF0F02120000090C07DD0A19FF"
               "00000000800080090C07DD0A1AFF0000000080008001002F847E")
ROW = "0208090C07DD0A1905{:02X}{:02X}00FF80008012000006000005000F010600000003060000000006000000000600000001"
QUARTERS = [(hour, minute) for hour in range(5) for minute in (0, 15, 30, 45)]
BLOCK_1 = ("7EA1E62521521DA0E6E700C402810000000001008201CE013B" +
           "".join(ROW.format(*quarter) for quarter in QUARTERS[:10]) + "453D7E")
NEXT_1 = "7EA01321255412D3E6E600C0028100000001737F7E"
BLOCK_2 = ("7EA1E42521745FDDE6E700C402810000000002008201CC" +
           "".join(ROW.format(*quarter) for quarter in QUARTERS[10:]) + "3C237E")
NEXT_6 = "7EA0132125FE42D9E6E600C0028100000006CC0B7E"
BLOCK_LAST = ("7EA07425211E88F4E6E700C4028101000000070082005C0208090C07DD0A19050F0000FF80008012000006000000000F01060002E3"
              "0D06000000000600000D2F06000000010208090C07DD0A19050F0F00FF80008012000006000000000F0106000343F80600000000"
              "0600000EE906000000014FD97E")

KMP = {
    "803F01058A0D": ("GetType", {}),
    "403F0100041BF90126990D": ("revision F1", {"software revision": "F1"}),
    "803F0235E90D": ("GetSerialNo", {}),
    "403F0201234567E9560D": ("19088743", {"serial number": "19088743"}),
    "803F1001001B7FD4080D": ("GetRegister 128", {"register": "128"}),
    "403F10001B7F160411012AF02463030D": ("", {"128": "1959120400000000000000000 kW"}),
    "803F100103E97CD40D": ("1001 serial_number", {"register": "1001 serial_number"}),
    "403F1003E93304000000000063380D": ("", {"1001 serial_number": "0"}),
    "803F1002015A009A1BBF2B0D": ("GetRegister 346, 154", {}),
    "403F10003C0304430000D6DE03220D": ("", {"60": "55.006 MWh"}),
    "403F1000442804420002DCA47C0A0D": ("", {"68": "1875.56 m3"}),
    "403F10005625024214F569DC0D": ("", {"86": "53.65 C"}),
    "403F10005016024100002F5C0D": ("", {"80": "0.0 kW"}),
    "403F10004A2902000000F0500D": ("", {"74": "0 l/h"}),
    "803F090001144A00027715774E0D": ("SetClock", {"date and time": "2007-07-30 16:15:57"}),
    "403F1003E933040000E4BADDF4DF0D": ("", {"1001 serial_number": "14990045"}),
    "403F10001BF2020444001D443F0001020400000000BF0013020400000000BF001702040000000000001BE402040000000000001F0204000000"
    "000045140D": ("", {"13 a_plus_fine": "191.8015 kWh", "1 a_plus": "191 kWh", "19 a_plus_t1": "191 kWh",
                        "23 a_plus_t2": "0 kWh", "27 a_plus_t3": "0 kWh", "31 a_plus_t4": "0 kWh"}),
    "403F10003A00040000000003011B7F0D": ("", {"58 pulse_input": "3"}),
    "403F10041E21020000E5041F21020000000420210200000004342204420000000004352204420000000004362204420000000070AC0D":
        ("", {"1054 u_l1": "229 V", "1055 u_l2": "0 V", "1056 u_l3": "0 V", "1076 i_l1": "0.00 A",
              "1077 i_l2": "0.00 A", "1078 i_l3": "0.00 A"}),
    "403F1004193508000000000000000000040916044300000000041A3508000000000000000000040C16044300000000041BE435080000000000"
    "000000005E050D": ("", {"1049 p_plus_max_time": "never", "1033 p_plus_t1_max": "0.000 kW",
                            "1051 p_plus_t2_max_time": "never"}),
    "403F1003EB3004000001D84E03EA2F0400000271E903EC2E0400000014E1041735080082012102100A090C041500010000D6970D":
        ("", {"1003 clock, date": "2012-09-10", "1002 clock, time": "16:02:33", "1004 hours": "5345 h",
              "1047 RTC": "2012-09-10 16:02:33 Monday, valid + stored", "1045 RTC status": "0"}),
    "403F1003F2330A0000000000000000E4BADD003333040000E4BADD003433040000000000003533040000000000C47A0D":
        ("", {"1010 total meter number": "14990045", "51 meter_number": "14990045", "52 meter_number_2": "0"}),
    "403F1003E933040000E620FA391A0D": ("", {"1001 serial_number": "15081722"}),
    "403F10001BF20204440002B078000102044200001BF9E2001302044200001BF9E2001702044200000000001BE402044200000000001F020442"
    "00000000C3BF0D": ("", {"13 a_plus_fine": "17.6248 kWh", "1 a_plus": "17.62 kWh", "31 a_plus_t4": "0.00 kWh"}),
    "403F10041E21020000E2041F210200000004202102000000043422044300000000043522044300000000043622044300000000B4EC0D":
        ("", {"1054 u_l1": "226 V", "1076 i_l1": "0.000 A"}),
    "403F1003EB3004000002002703EA2F04000001B53303EC2E0400000012160417350800820117130B0B0B1BF20415000100001BBF640D":
        ("", {"1003 clock, date": "2013-11-11", "1002 clock, time": "11:19:23", "1004 hours": "4630 h",
              "1047 RTC": "2013-11-11 11:19:23 Monday, valid + stored"}),
    "403F1003E9330400010E33C2A7450D": ("", {"1001 serial_number": "17707970"}),
    "403F1000010204420000000000020204420000000000030E04420000000000040E04420000000083E60D":
        ("", {"1 a_plus": "0.00 kWh", "2 a_minus": "0.00 kWh", "3 r_plus": "0.00 kvarh", "4 r_minus": "0.00 kvarh"}),
    "403F1003EC2E04000000028904173508000201310F1BF20C050E9B4A0D":
        ("", {"1004 hours": "649 h", "1047 RTC": "2014-05-12 13:15:49 Monday, valid"}),
    "403F10052E1E0443000000008EBF0D": ("", {"1326 s_plus_max": "0.000 kVA"}),
    "403FAA0F0F81566C0D": ("", {"registers": "A+ + A- + R+ + R-", "interval": "15 min", "size": "81h"}),
    "403F015A001BF2013B330D": ("revision M1", {"type": "5A00 OMNIPOWER", "software revision": "M1"}),
    "803FB80707FFFF00010103EAB85E0D": ("LoggerReadOut", {"logger": "7", "register": "1002 clock, time"}),
    "403FB807070001010000000000000000000103EA2F0400000000001F2F0D": ("0 records", {"info": "log empty"}),
    "803FB81BF9020000000200020103EB75070D": ("LoggerReadOut", {"record": "2", "records": "2"}),
    "403FB81BF902000201000000020000000200C003EB3004000003F8050003D0F5AA3A0D":
        ("2 records", {"1003 clock, date": ["2026-01-01", "2025-01-01"]}),
    "403FB81BF904000303000000BC00000285001BBF03EA2F04000000000403EB3004000003AE4F015C4F070000180C1F00000400000004000"
    "3AE4E00180C1E000004000000040003AE4D00180C1D000004F22D0D":
        ("3 records", {"1002 clock, time": ["00:00:04"] * 3,
                       "1003 clock, date": ["2024-12-31", "2024-12-30", "2024-12-29"]}),
    "803F10020001001BF26BFE0D": ("1 a_plus, 13 a_plus_fine", {}),
    "403F1000010204420012D687001BF2020444075BCD157B480D":
        ("", {"1 a_plus": "12345.67 kWh", "13 a_plus_fine": "12345.6789 kWh"}),
    "803F10080001000203FF041E041F0420043403E9CC110D":
        ("", {"register": ["1 a_plus", "2 a_minus", "1023 p_plus", "1054 u_l1", "1055 u_l2", "1056 u_l3", "1076 i_l1",
                           "1001 serial_number"]}),
    "403F10079A0D": ("no known register", {}),
    "803F98171A0D": ("GetCutOffState", {}),
    "403F98043F22E70D": ("connected", {"state": "4 connected"}),
    "803F970178C90D": ("disconnect", {"command": "disconnect"}),
    "803F9B27790D": ("GetEventStatus", {}),
    "403F9B1BBF0000004E660D": ("cover opened", {"event status": "cover opened"}),
    "803F9C1BBF0000000000000054A60D":
        ("ClearEventStatus", {"if the cause is gone": "cover opened", "in any case": "none"}),
    "803F110000003333040000BC614EDD230D": ("PutRegister", {"password": "0", "51 meter_number": "12345678"}),
    "06": ("acknowledgement", {}),
    "403F01620008016DEC0D": ("revision H1", {"type": "6200 382L"}),
    "807F0108460D": ("GetType", {"address": "logger in the top module"}),
    "803F1001041E7ABB0D": ("GetRegister 1054 u_l1", {}),
}
DEBITING = ("403FA20105000404173508001B7F01000000010B0A00010204000000005B00130204000000005B001702040000000000001F0204000000"
            "000000051B7F03000000010C0A00000087000000870000000000000000001BF91B7F1BF900000001010B000000BF000000BF00000000"
            "000000000007821BF900000001090C000000BF000000BF0000000000000000000700070098EC0D")
PEAKS = ("403FA20103000404193508001B7F05002D0B1D0A0A0027160443000008EE002B16044300000AA000051B7F04002D13040B0A000000A0000"
         "00B1BBF001BF91B7F02002D1BF2150C0A000000CC00000C0C000700000000000000000000000000000C0C0007000700E5FC0D")
PROFILE = ("403FA21BF905485A0417350800020100000A0B0B1BF2000102044200001BF9E200020204420000000000030E04420000000300040E044"
           "2000003A4485B0201000F0A0B0B1BF200001BF9E20000000000000003000003A4485C0201001E0A0B0B1BF200001BF9E2000000000000"
           "0003000003A4485D0201002D0A0B0B1BF200001BF9E20000000000000003000003A4485E020100000B0B0B1BF200001BF9E2000000000"
           "0000003000003A4485F0201000F0B0B0B1BF200001BF9E20000000000000003000003A4485F485F0089FA0D")

IEC = {
    "2F3F210D0A": ("sign-on to every device", {}),
    "AF3F218D0A": ("sign-on to every device", {}),
    "0150300228290360": ("P0 password wanted", {}),
    "01503102283132333435290350": ("P1 password", {"argument": "12345"}),
    "01503102283030303030303030290361": ("P1 password", {"argument": "00000000"}),
    "01523502312E302E3028290356": ("R5 read 1.0.0 clock", {}),
    "02312E302E30283031303530323031303735303132290335": ("", {"1.0.0 clock": "2005-02-01 07:50:12"}),
    "01573502312E302E30283030353033323130373338303029036A": ("W5 write", {"argument": "2005-03-21 07:38:00"}),
    "023133312E302E332831290303": ("", {"131.0.3 user data list of the optical port": "1"}),
    "015731023133312E302E33283029" "0366": ("W1 write", {"argument": "0"}),
    "0142300371": ("B0 break", {}),
    "063035308D0A": ("read-out, 9600 Bd", {"mode": "read-out", "speed": "9600 Bd"}),
    "063035B18D0A": ("programming, 9600 Bd", {"mode": "programming"}),
    "063035368D0A": ("maker's mode, 9600 Bd", {"mode": "maker's mode"}),
}

MBUS = {
    "1040014116": ("SND_NKE to 1", {}),
    "105B015C16": ("REQ_UD2 to 1", {"C": "REQ_UD2, class 2 data wanted, FCB 0"}),
    "107B017C16": ("REQ_UD2 to 1", {"C": "REQ_UD2, class 2 data wanted, FCB 1"}),
    "105A015B16": ("REQ_UD1 to 1", {}),
    "1040FE3E16": ("SND_NKE to 254", {"A": "254, any meter, which answers"}),
    "1040FD3D16": ("SND_NKE to 253", {"A": "253, the meter selected"}),
    "105BFD5816": ("REQ_UD2 to 253", {}),
    "680B0B6853FD52785634122D2C01021216":
        ("selection", {"identification": "12345678", "manufacturer": "KAM", "version": "01", "medium": "electricity"}),
    "680B0B6853FD5278563412FFFFFFFFB216": ("selection", {"identification": "12345678", "manufacturer": "any"}),
    "680B0B6853FD52FFFFFF1FFFFFFFFFBA16": ("selection", {"identification": "1FFFFFFF"}),
    "6811116853FD52785634122D2C01020C78443322114016": ("selection", {"fabrication number": "11223344"}),
    "680303685301B80C16": ("speed 300 Bd", {}),
    "680303685301BB0F16": ("speed 2400 Bd", {}),
    "680303685301BD1116": ("speed 9600 Bd", {}),
    "68030368530150A416": ("application reset", {}),
    "6804046853015010B416": ("application reset", {"code": "user data"}),
    "68060668530151017A052516": ("SND_UD to 1", {"bus address": "5"}),
    "680909685301510C79785634123E16": ("SND_UD to 1", {"identification": "12345678"}),
    "68090968530151046D02108A19CB16": ("SND_UD to 1", {"date and time": "2012-09-10 16:02"}),
    "E5": ("acknowledgement", {}),
    "68464668087872209183142D2C010204000000040600000000042209000000042B00000000142B0000000084500600000000846006000000000"
    "F000000000000000000000000000000102416":
        ("RSP_UD from 120", {"identification": "14839120", "manufacturer": "KAM", "version": "01",
                             "medium": "electricity", "access number": "4", "status": "no error", "energy": "0 kWh",
                             "on time": "9 h", "power": "0 W", "power, maximum": "0 W",
                             "energy, tariff 1, subunit 1": "0 kWh", "energy, tariff 2, subunit 1": "0 kWh",
                             "maker's data": "16 bytes"}),
    "689292680801723E020005434C1202130000008C1004521200008C1104521200008C2004334477018C21043344770102FDC9FF01ED0002FDDBF"
    "F01200002ACFF014F008240ACFF01EEFF02FDC9FF02E70002FDDBFF02230002ACFF0251008240ACFF02F1FF02FDC9FF03E40002FDDBFF034500"
    "02ACFF03A0008240ACFF03E0FF02FF68000002ACFF0040018240ACFF00BFFF01FF1304D916":
        ("RSP_UD from 1", {"energy, tariff 1": "12.52 kWh", "energy, tariff 1, storage 2": "12.52 kWh",
                           "energy, tariff 2": "17744.33 kWh", "voltage, maker's 01": "237 V",
                           "voltage, maker's 02": "231 V", "voltage, maker's 03": "228 V",
                           "current, maker's 01": "3.2 A", "current, maker's 02": "3.5 A",
                           "current, maker's 03": "6.9 A", "power, maker's 01": "790 W", "power, maker's 02": "810 W",
                           "power, maker's 03": "1600 W", "power, maker's 01, subunit 1": "-180 W",
                           "power, maker's 02, subunit 1": "-150 W", "power, maker's 03, subunit 1": "-320 W",
                           "power, maker's 00": "3200 W"}),
    "68383868081972076200232E192302920000008C1004682817008C11046828170002FDC9FF01E60002FDDBFF01060002ACFF0109008240ACFF0"
    "1FDFF5B16":
        ("RSP_UD from 25", {"identification": "23006207", "energy, tariff 1": "1728.68 kWh",
                            "voltage, maker's 01": "230 V", "current, maker's 01": "0.6 A",
                            "power, maker's 01": "90 W", "power, maker's 01, subunit 1": "-30 W"}),
    "6821216808017202376200A8150002070000008C100409040000C4002A0000000001FD17008C16":
        ("RSP_UD from 1", {"identification": "00623702", "energy, tariff 1": "4.09 kWh", "power, storage 1": "0.0 W",
                           "error flags": "0"}),
    "68F4F46808007229260300B5151002020000000C7829260300841003540500008420030000000084904003AE1E000084A040030000000004ABF"
    "F01FEFFFFFF04ABFF020000000004ABFF0300000000042BFEFFFFFF848040ABFF010E000000848040ABFF0200000000848040ABFF0300000000"
    "8480402B0E00000002FDC8FF01D10802FDC8FF02000002FDC8FF03000022FDC8FF01520722FDC8FF02000022FDC8FF03000012FDC8FF016A091"
    "2FDC8FF02000012FDC8FF03000003FDD9FF01BEFFFF03FDD9FF0200000003FDD9FF0300000003FD59BEFFFF01FFE1FF010D01FFE1FF020001FF"
    "E1FF030002FF52F40102FD60380001FD17007416":
        ("RSP_UD from 0", {"fabrication number": "00032629", "energy, tariff 1": "1.364 kWh", "power": "-2 W",
                           "voltage, maker's 01": "225.7 V", "voltage, minimum, maker's 01": "187.4 V",
                           "voltage, maximum, maker's 01": "241.0 V", "reset counter": "56", "error flags": "0"}),
    "68888868080172785634122D2C01022A000000040487D6120004843CC522000004FB82753930000004FB82F53C0000000084100440420F00842"
    "0044794030002FDC8FC01040902FDC8FC02FE0802FDC8FC03F80804FDD9FC010002000004FDD9FC02A601000004FDD9FC0390000000042B2909"
    "000004AB3C00000000142B34120000046D02108A1901FD17002616":
        ("RSP_UD from 1", {"energy": "12345.67 kWh", "energy, backward (export)": "89.01 kWh",
                           "reactive energy": "1234.5 kvarh", "reactive energy, backward (export)": "0.0 kvarh",
                           "energy, tariff 1": "10000.00 kWh", "energy, tariff 2": "2345.67 kWh",
                           "voltage, L1": "230.8 V", "voltage, L2": "230.2 V", "voltage, L3": "229.6 V",
                           "current, L1": "0.512 A", "current, L2": "0.422 A", "current, L3": "0.144 A",
                           "power": "2345 W", "power, backward (export)": "0 W", "power, maximum": "4660 W",
                           "date and time": "2012-09-10 16:02", "error flags": "0"}),
}

# Known answers of ciphering, and associations of IEC 62056-5-3.
ENCRYPTION = "000102030405060708090A0B0C0D0E0F"
AUTHENTICATION = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"
TITLE = "4D4D4D0000BC614E"
GET_BOTH = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"
AARQ_CIPHERED = ("6066A109060760857405080103A60A04084D4D4D0000BC614E8A0207808B0760857405080201AC0A80083132333435363738BE3404"
                 "3221303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855")
RLRE_CIPHERED = "6328800100BE230421281F3001234567891214A0845E475714383F65BC19745CA235906525E4F3E1C893"


def flat(fields):
    for field in fields:
        yield field
        yield from flat(field.get("fields", []))


def named(frame):
    """-> {name of a field: [its meanings]}"""
    found = {}
    for field in flat(frame["fields"]):
        found.setdefault(field["name"], []).append(field.get("meaning", ""))
    return found


def crc16(data):
    """CRC-16/X.25 of HDLC"""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return struct.pack("<H", crc ^ 0xFFFF)


def hdlc(destination, source, control, information=b"", segmented=False):
    head = bytes([*destination, *source, control])
    length = 2 + len(head) + 2 + (len(information) + 2 if information else 0)
    head = struct.pack(">H", 0xA000 | 0x0800 * segmented | length) + head
    head += crc16(head)
    body = head + information + crc16(head + information) if information else head
    return b"\x7e" + body + b"\x7e"


class Monitor(Case):
    def monitor(self, text, *options, status=0, stderr=""):
        path = self.folder / "frames.txt"
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        done = run("monitor", path, *options)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        self.assertRegex(done.stderr, stderr or r"\A\Z")
        return done.stdout

    def frames(self, text, *options, **expected):
        return [json.loads(line) for line in self.monitor(text, "--json", *options, **expected).splitlines()]

    def check(self, frame, summary, meanings):
        self.assertEqual((frame["ok"], frame["faults"]), (True, []), frame)
        self.assertIn(summary, frame["summary"])
        found = named(frame)
        for name, wanted in meanings.items():
            wanted = wanted if isinstance(wanted, list) else [wanted]
            self.assertEqual(found.get(name), wanted, f"{name} of {frame['hex']}: {found}")


class Vectors(Monitor):
    def check_table(self, table, language):
        """Each alone, and all as one stream."""
        for hexes, (summary, meanings) in table.items():
            frame, = self.frames(hexes)
            self.assertEqual((frame["language"], frame["hex"]), (language, hexes))
            self.check(frame, summary, meanings)

    def test_kmp(self):
        self.check_table(KMP, "KMP")

    def test_iec(self):
        for hexes, (summary, meanings) in IEC.items():
            frame, = self.frames(hexes)
            self.assertEqual((frame["language"], frame["hex"]), ("IEC 62056-21", hexes))
            self.check(frame, summary, meanings)

    def test_mbus(self):
        self.check_table(MBUS, "M-Bus")

    def test_kmp_logs(self):
        debiting, peaks, profile = self.frames("\n".join([DEBITING, PEAKS, PROFILE]))
        self.check(debiting, "4 records of debiting",
                   {"record": ["4", "5", "6", "7"], "1 a_plus": ["91 kWh", "135 kWh", "191 kWh", "191 kWh"],
                    "1047 RTC": ["2010-11-01 00:00:00 Monday, stored", "2010-12-01 00:00:00 Wednesday, stored",
                                 "2011-01-01 00:00:00 Saturday, stored",
                                 "2012-09-01 00:00:00 Saturday, valid + stored"],
                    "last read record": "7", "newest record": "7", "info": "none"})
        self.check(peaks, "4 records of debiting", {"39 p_plus_max": ["2.286 kW", "0.160 kW", "0.204 kW", "0.000 kW"]})
        times = named(profile)["1047 RTC"]
        self.assertEqual([time[11:16] for time in times], ["10:00", "10:15", "10:30", "10:45", "11:00", "11:15"])
        self.check(profile, "6 records of load profile",
                   {"record": [str(id) for id in range(0x485A, 0x4860)], "1 a_plus": ["17.62 kWh"] * 6,
                    "2 a_minus": ["0.00 kWh"] * 6, "3 r_plus": ["0.03 kvarh"] * 6, "4 r_minus": ["9.32 kvarh"] * 6})

    def test_meter_number(self):
        """A whole conversation; what answers mean follows from their requests."""
        arrows = ["->", "<-"] * 4
        text = "".join(f"{arrow} {frame}\n" for arrow, frame in zip(arrows, METER_NUMBER))
        for directed in (text, "\n".join(METER_NUMBER)):
            frames = self.frames(directed)
            self.assertEqual([frame["hex"] for frame in frames], METER_NUMBER)
            self.assertEqual([frame["direction"] for frame in frames], ["to-meter", "from-meter"] * 4)
            for frame in frames:
                self.assertEqual(frame["faults"], [])
            snrm, ua, aarq, aare, get, answer, disc, _ = frames
            for frame, received in ((snrm, 512), (ua, 128)):
                self.check(frame, "SNRM" if frame is snrm else "UA",
                           {"longest information sent": "512 octets",
                            "longest information received": f"{received} octets", "window for sending": "1 frame",
                            "window for receiving": "1 frame", "HCS": "right", "FCS": "right"})
            self.check(snrm, "SNRM", {"destination": "server 1", "source": "client 16, public"})
            self.check(aarq, "AARQ", {"application-context-name": "logical names, no ciphering",
                                      "client-max-receive-pdu-size": "65535 octets", "DLMS version": "6"})
            self.check(aare, "accepted", {"result": "accepted", "server-max-receive-pdu-size": "125 octets",
                                          "negotiated-conformance": "block transfer with get + get",
                                          "vaa-name": "logical names"})
            self.check(get, "get-request", {"class": "1 data", "instance": "1.1.0.0.1.255 meter_number",
                                            "attribute": "2 value", "access-selection": "none"})
            self.check(answer, "get-response data 1.1.0.0.1.255 meter_number",
                       {"value": "double-long-unsigned 12345679"})
            self.check(disc, "DISC", {"control": "DISC, P/F: disconnect"})

    def test_profile(self):
        """Blocks of a profile: rows as far as they are there, and what is missing is said."""
        frames = self.frames("\n".join([AARQ_LOW, GET_PROFILE, BLOCK_1, NEXT_1, BLOCK_2, NEXT_6, BLOCK_LAST]))
        aarq, get, block_1, next_1, block_2, next_6, last = frames
        self.check(aarq, "low level security (password)", {"calling-authentication-value": '"12345"'})
        self.check(get, "profile generic 1.1.99.1.0.255 load profile, 2 buffer, range_descriptor",
                   {"[2]": ["octet-string 0.1.1.0.0.255 clock", "octet-string 2013-10-25 00:00:00, daylight saving"],
                    "[4]": ["long-unsigned 0", "array of 0"]})
        self.check(next_1, "block 1", {"block-number": "1"})
        self.check(next_6, "block 6", {"block-number": "6"})
        for frame, quarters, number in ((block_1, QUARTERS[:10], "1"), (block_2, QUARTERS[10:], "2")):
            self.check(frame, "load profile", {"block-number": number, "last-block": "no"})
            clocks = [meaning for meaning in named(frame)["[1]"] if "2013" in meaning]
            self.assertEqual([clock[24:29] for clock in clocks], [f"{h:02}:{m:02}" for h, m in quarters])
            self.assertEqual(named(frame)["[3]"].count("double-long-unsigned 1280"), len(quarters))
        self.assertIn("array of 59", named(block_1)["value"])
        self.check(last, "the last", {"last-block": "yes",
                                      "before it": "blocks 3 to 6 are missing: the position in the data is lost"})
        self.assertEqual(named(last)["[5]"], ["double-long-unsigned 189197", "double-long-unsigned 214008"])

    def test_identifications(self):
        texts = ["/KAM5 6841138BN143002\r\n", "/KAM 68438BC450000\r\n", "/?15085488!\r\n"]
        kam5, kam, sign_on = self.frames("\n".join(text.encode().hex() for text in texts))
        self.check(kam5, "identification KAM", {"manufacturer": "KAM", "speed": "up to 9600 Bd, mode C"})
        self.check(kam, "identification KAM", {"speed": "no speed: mode A"})
        self.check(sign_on, "sign-on to 15085488", {})

    def test_read_out(self):
        """The read-out of the optical port's description; its BCC was computed with it."""
        data = ("0.0.1(12345678)\r\n97.97.0(210)\r\n1.8.0(0000010*kWh)\r\n1.8.1(0000010*kWh)\r\n1.8.2(0000000*kWh)\r\n"
                "96.8.0(49)\r\n1.0.0(01131212114656)\r\n!\r\n")
        frame, = self.frames((b"\x02" + data.encode() + b"\x03\x54").hex())
        self.check(frame, "7 data sets",
                   {"0.0.1 meter_number": "12345678", "97.97.0 status": "210", "1.8.0 a_plus": "0000010 kWh",
                    "1.8.1 a_plus_t1": "0000010 kWh", "1.8.2 a_plus_t2": "0000000 kWh", "96.8.0 hours": "49",
                    "1.0.0 clock": "2013-12-12 11:46:56"})

    def test_profile_blocks_of_iec(self):
        head = "99.1.0(4)(1.0.0)()(96.56.2)()(96.56.3)()(1.8.0)(kWh)\r\n"
        rows = "".join(f"(010501010{hour}0000)(0)(0)(0000{value})\r\n"
                       for hour, value in enumerate(["586.12", "587.23", "588.34", "589.11", "589.11", "590.25"]))
        data = (head + rows).encode() + b"\x04"
        bcc = 0
        for byte in data:
            bcc ^= byte
        frame, = self.frames((b"\x02" + data + bytes([bcc])).hex())
        self.check(frame, "more blocks follow", {})
        self.assertEqual(len(named(frame)["row"]), 6)
        self.assertTrue(named(frame)["row"][1].startswith("2005-01-01 01:00:00"))


class GeneralForms(Monitor):
    """Forms of IEC 62056-5-3 that carry others: ACCESS, general block transfer, general-signing."""
    VALUE = "C40181000600BC614E"

    def test_access(self):
        """Elements of an answer are named by what the request asked."""
        asked = "01" "0003" "0100010800FF" "02" + "03" "0046" "000060030AFF" + "01"
        request, answer = self.frames(f"-> D9400000010002{asked}02000F00\n<- DA4000000100000206000004D20002" "01000302\n")
        self.check(request, "access-request 2 elements",
                   {"choice": ["get", "action"], "long-invoke-id-and-priority": "1, confirmed",
                    "instance": ["1.0.1.8.0.255 a_plus", "0.0.96.3.10.255 disconnect control"],
                    "value": ["null-data", "integer 0"]})
        self.check(answer, "access-response",
                   {"choice": ["get", "action"], "specifications repeated": "no",
                    "value": ["double-long-unsigned 1234", "null-data"],
                    "result": ["0 success", "2 temporary failure"]})

    def test_access_unknown_choice(self):
        frame, = self.frames("D94000000100010900030100010800FF0200", status=1)
        self.assertFalse(frame["ok"])

    def test_blocks(self):
        """Joined over three blocks, one of them twice; and what is missing is said."""
        blocks = ["E0010001000103C40181", "E0010002000103000600", "E0010002000103000600", "E0810003000103BC614E"]
        frames = self.frames("".join(f"<- {block}\n" for block in blocks))
        self.check(frames[0], "general-block-transfer 1", {"block-control": "more follow, window 1"})
        self.check(frames[2], "general-block-transfer 2", {"block-data": "not joined: once more"})
        self.check(frames[3], "the last: get-response", {"value": "double-long-unsigned 12345678"})
        torn = self.frames("".join(f"<- {block}\n" for block in (blocks[0], blocks[3])))
        self.check(torn[1], "general-block-transfer 3", {"block-data": "not joined: blocks before it are missing"})
        acknowledged, = self.frames("E0C00001000200")
        self.check(acknowledged, "general-block-transfer 1", {"block-data": "none: it acknowledges"})

    def test_signed(self):
        """What was signed is decoded; the signature is shown."""
        signature = "5A" * 64
        frame, = self.frames(f"DF0101084D4D4D0000000001084D4D4D0000BC614E000009{self.VALUE}40{signature}")
        self.check(frame, "general-signing: get-response",
                   {"originator-system-title": "4D4D4D0000000001", "recipient-system-title": TITLE,
                    "value": "double-long-unsigned 12345678"})


class Ciphered(Monitor):
    def keys(self, *lines):
        path = self.folder / "keys.txt"
        path.write_text("\n".join(lines) + "\n")
        return ("--key-file", path)

    def both(self, *more):
        return self.keys(f"encryption_key: {ENCRYPTION}", f"authentication_key: '{AUTHENTICATION}'  # and a comment",
                         "suite: 0", *more)

    def test_without_keys(self):
        frame, = self.frames(GET_BOTH)
        self.check(frame, "glo-get-request", {"security-control": "suite 0, authenticated + encrypted",
                                              "invocation-counter": "19088743",
                                              "contents": "not deciphered: no keys given"})

    def test_with_keys(self):
        for apdu in (GET_BOTH, "C812" "2001234567" "411312FF935A47566827C467BC",
                     "C81E1001234567C0010000080000010000FF020006725D910F9221D263877516"):
            frame, = self.frames(apdu, *self.both(f"system_title: {TITLE}"))
            self.check(frame, "get-request clock 0.0.1.0.0.255", {"class": "8 clock", "attribute": "2 time"})

    def test_titles_and_dedicated_key_of_the_traffic(self):
        """The AARQ tells the client's title; its InitiateRequest the dedicated key, which stays out of no tree."""
        aarq, rlre = self.frames(AARQ_CIPHERED + "\n" + RLRE_CIPHERED, *self.both(f"server_title: {TITLE}"))
        self.check(aarq, "AARQ ciphered", {"calling-AP-title": f"{TITLE} (MMM)", "dedicated-key": "16 octets",
                                           "contents": "deciphered, genuine"})
        self.assertRegex(aarq["summary"], "[^ ], glo-initiate-request")
        self.check(rlre, "RLRE", {"reason": "normal", "contents": "deciphered, genuine",
                                  "server-max-receive-pdu-size": "1024 octets"})

    def test_wrong_key(self):
        frame, = self.frames(GET_BOTH, *self.keys(f"encryption_key: {ENCRYPTION}", f"authentication_key: {ENCRYPTION}",
                                                  f"system_title: {TITLE}"), status=1)
        self.assertIn("not genuine", frame["faults"][0])

    def test_a_key_file_of_the_tool(self):
        """What watthour keys generate makes for a client, and every other line that such a file may have."""
        self.assertEqual(run("keys", "generate", self.folder / "k", "--suite", "1").returncode, 0)
        made = (self.folder / "k.management.yaml").read_text().splitlines()
        known = {"encryption_key": ENCRYPTION, "authentication_key": AUTHENTICATION, "system_title": TITLE}
        others = [line for line in made if line.split(":")[0] not in known]
        self.assertGreater(len(others), 7)
        for more in ([], ["dedicated: true", "signed: true", "secret: s"]):
            lines = [f"{name}: {value}" for name, value in known.items()]
            frame, = self.frames(GET_BOTH, *self.keys(*lines, *others, *more))
            self.check(frame, "get-request clock 0.0.1.0.0.255", {"class": "8 clock"})

    def test_bad_key_files(self):
        """What is wrong is said without a key being told."""
        for lines, wrong in ((["encryption_key: 0011"], "line 1: encryption_key has not 16 or 32 octets"),
                             (["# x", "magic: 00"], "line 2: magic is not known"),
                             ([f"encryption_key: {ENCRYPTION[:-1]}x"], "line 1: encryption_key has not"),
                             ([f"encryption_key: {ENCRYPTION * 20}"], "encryption_key is too long"),
                             (["system_title: '0011'"], "line 1: system_title has not 8 octets"),
                             (["just text"], "keys.txt")):
            output = self.monitor(GET_BOTH, *self.keys(*lines), status=2, stderr=wrong)
            self.assertEqual(output, "")
        done = run("monitor", self.folder / "frames.txt", *self.keys(f"encryption_key: {ENCRYPTION[:-1]}x"))
        self.assertNotIn(ENCRYPTION[:8], done.stderr)


class Input(Monitor):
    def test_forms_of_text(self):
        """Spaces, commas, prefixes, small letters, one stream, a line for several frames, frames over lines."""
        pairs = " ".join(GET[i:i + 2] for i in range(0, len(GET), 2))
        prefixed = ", ".join("0x" + GET[i:i + 2] for i in range(0, len(GET), 2))
        for text in (pairs, prefixed, GET.lower(), f"  > {pairs}  # asks", f"TX: {GET}", f"→ {GET}\r",
                     f"# nothing\n{GET[:20]}\n{GET[20:]}", f"{pairs[:30]}\n# in between\n{pairs[30:]}"):
            frame, = self.frames(text)
            self.assertEqual((frame["hex"], frame["direction"]), (GET, "to-meter"), text)
        stream = self.frames("".join(METER_NUMBER))
        self.assertEqual([frame["hex"] for frame in stream], METER_NUMBER)

    def test_shared_flag(self):
        """One 7E may close a frame and open the next."""
        first, second = self.frames(SNRM + UA[2:])
        self.assertEqual((first["ok"], second["ok"]), (True, True))
        self.assertEqual(first["hex"] + second["hex"], SNRM + UA[2:])

    def test_bad_lines(self):
        for line, wrong in (("7EA0g", "line 2, column 5: no hex digit"), ("7E A 07", "line 2, column 4: half a byte"),
                            ("7EA", "line 2, column 3: half a byte"), ("hello", "line 2, column 1")):
            frames = self.frames(f"{GET}\n{line}\n{ANSWER}\n", status=1, stderr=wrong)
            self.assertEqual([frame["hex"] for frame in frames], [GET, ANSWER])

    def test_binary_and_standard_input(self):
        data = bytes.fromhex("".join(METER_NUMBER))
        self.assertEqual([frame["hex"] for frame in self.frames(data, "--binary")], METER_NUMBER)
        done = subprocess.run([PROGRAM, "monitor", "-", "--brief"], input=GET, capture_output=True, text=True,
                              timeout=DEADLINE_S, check=False)
        self.assertEqual((done.returncode, done.stdout.count("\n")), (0, 1), done.stderr)

    def test_apdu_alone(self):
        get, answer = self.frames("C0018100010101000001FF0200\nE6E700C40181000600BC614F")
        self.check(get, "get-request data 1.1.0.0.1.255 meter_number", {})
        self.check(answer, "meter_number", {"value": "double-long-unsigned 12345679"})

    def test_wrapper(self):
        apdu = "C0018100030101010800FF0300"
        answer = "C40181000202" "0F01" "161E"
        value = "C40181000600003039"
        frames = self.frames("\n".join(
            ["00010010000100" + f"{len(apdu) // 2:02X}" + apdu, "00010001001000" + f"{len(answer) // 2:02X}" + answer,
             "00010010000100" + f"{len(apdu) // 2:02X}" + apdu.replace("FF03", "FF02"),
             "00010001001000" + f"{len(value) // 2:02X}" + value]))
        self.assertEqual([frame["language"] for frame in frames], ["DLMS"] * 4)
        self.check(frames[0], "16>1 get-request register 1.1.1.8.0.255 a_plus, 3 scaler_unit", {})
        self.check(frames[1], "", {"[1]": "integer 1, scaler: × 10^1", "[2]": "enum 30, unit: Wh"})
        self.check(frames[3], "a_plus", {"value": "double-long-unsigned 12345 = 123450 Wh"})

    def test_segments(self):
        """An APDU in two HDLC frames."""
        apdu = bytes.fromhex("E6E700C40181000600BC614F")
        parts = [hdlc(b"\x21", b"\x03", 0x10, apdu[:7], True), hdlc(b"\x21", b"\x03", 0x12, apdu[7:])]
        first, second = self.frames("\n".join(part.hex() for part in parts))
        self.check(first, "segment", {"segment": "7 octets so far"})
        self.check(second, "", {"value": "double-long-unsigned 12345679"})

    def test_refusals(self):
        for arguments, wrong in (((), "FILE is missing"), (("/nowhere",), "No such file"),
                                 (("x", "--brief", "--json"), "exclude each other"),
                                 (("x", "--tap", "1", "--binary"), "neither"),
                                 (("x", "--port", "0"), "--port"), (("x", "--key-file", "/nowhere"), "/nowhere"),
                                 (("x", "--tap", "127.0.0.1:0"), "the meter"), (("x", "y"), '"y"')):
            done = run("monitor", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(wrong, done.stderr)
        self.monitor("# nothing\n", status=2, stderr="nothing to decode")


class Damage(Monitor):
    def test_wrong_checks(self):
        """What the check should be is said, and the next frame is decoded."""
        cases = [
            (GET.replace("A8E3", "A8E4"), "HDLC", "FCS: wrong, should be A8 E3"),
            (GET.replace("6FD8", "6FD9"), "HDLC", "HCS: wrong, should be 6F D8"),
            ("803F1001000265CF0D", "KMP", "CRC: wrong, should be 65 C2"),
            ("023133312E302E332831290304", "IEC 62056-21", "BCC: wrong, should be 03"),
            ("680303685301B80D16", "M-Bus", "checksum: wrong, should be 0C"),
            ("1040014216", "M-Bus", "checksum: wrong, should be 41"),
        ]
        for damaged, language, fault in cases:
            bad, good = self.frames(damaged + "\n" + GET, status=1)
            self.assertEqual((bad["language"], bad["hex"], bad["ok"], good["ok"]), (language, damaged, False, True))
            self.assertIn(fault, bad["faults"])

    def test_cut(self):
        """Every frame cut at every byte: said, and what follows is decoded."""
        for frame in (ANSWER, AARQ_LOW, next(iter(KMP)), "2F3F210D0A", "02312E302E30283031303530323031303735303132290335",
                      "68090968530151046D02108A19CB16"):
            text = "".join(f"{frame[:2 * cut]}\n\n{GET}\n" for cut in range(2, len(frame) // 2))
            frames = self.frames(text, status=1)
            good = [report for report in frames if report["ok"] and report["hex"] == GET]
            self.assertEqual(len(good), len(frame) // 2 - 2)
            self.assertTrue(all(report["ok"] or report["faults"] for report in frames))

    def test_noise(self):
        noise, frame = self.frames("FFFE55" + GET, status=1)
        self.assertEqual((noise["language"], noise["hex"]), ("noise", "FFFE55"))
        self.assertEqual(frame["hex"], GET)

    def test_text_says_where(self):
        text = self.monitor(GET.replace("A8E3", "A8E4") + "\n" + GET, status=1)
        self.assertIn("FAULT", text)
        self.assertIn("! wrong, should be A8 E3", text)
        brief = self.monitor(GET.replace("A8E3", "A8E4") + "\n" + GET, "--brief", status=1)
        self.assertEqual(brief.count("\n"), 2)
        self.assertIn("FAULT FCS: wrong, should be A8 E3", brief)

    def test_random(self):
        """Any bytes are decoded to their end; every byte is reported once."""
        data = random.Random(1).randbytes(20000)
        while b"\x7e\x7e" in data:  # idle flags of HDLC are no report
            data = data.replace(b"\x7e\x7e", b"\x7e")
        frames = self.frames(data, "--binary", status=1)
        self.assertEqual("".join(frame["hex"] for frame in frames), data.hex().upper())
        offsets = [frame["offset"] for frame in frames]
        self.assertEqual(offsets, [sum(len(frame["hex"]) // 2 for frame in frames[:n]) for n in range(len(frames))])


def ipv4_tcp(source, destination, sequence, payload, flags=0x18):
    tcp = struct.pack(">HHIIBBHHH", source[1], destination[1], sequence, 0, 0x50, flags, 8192, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, bytes(source[0]), bytes(destination[0]))
    return bytes(12) + b"\x08\x00" + ip + tcp


def pcap(packets, order="<"):
    data = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, packet in enumerate(packets):
        data += struct.pack(order + "IIII", 1700000000 + number, 500000, len(packet), len(packet)) + packet
    return data


def pcapng(packets):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0))
    for number, packet in enumerate(packets):
        ticks = (1700000000 + number) * 1000000 + 500000
        data += block(6, struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet)) + packet)
    return data


CLIENT, METER = ((192, 0, 2, 1), 50000), ((192, 0, 2, 2), 1025)


class Captures(Monitor):
    def packets(self):
        """A conversation in order, cut into pieces."""
        sent = {True: 1000, False: 5000}
        packets = [ipv4_tcp(CLIENT, METER, 999, b"", 0x02), ipv4_tcp(METER, CLIENT, 4999, b"", 0x12)]
        for number, frame in enumerate(METER_NUMBER):
            data = bytes.fromhex(frame)
            to_meter = number % 2 == 0
            for piece in (data[:5], data[5:]):
                ends = (CLIENT, METER) if to_meter else (METER, CLIENT)
                packets.append(ipv4_tcp(*ends, sent[to_meter], piece))
                sent[to_meter] += len(piece)
        return packets

    def check_conversation(self, data, *options):
        frames = self.frames(data, *options)
        self.assertEqual([frame["hex"] for frame in frames], METER_NUMBER)
        self.assertEqual([frame["direction"] for frame in frames], ["to-meter", "from-meter"] * 4)
        self.assertEqual(frames[0]["channel"], "192.0.2.1:50000 > 192.0.2.2:1025")
        self.assertEqual(frames[0]["time"], "2023-11-14 22:13:23.500000")
        self.assertEqual([frame["n"] for frame in frames], list(range(1, 9)))

    def test_kinds(self):
        packets = self.packets()
        for data in (pcap(packets), pcap(packets, ">"), pcapng(packets)):
            self.check_conversation(data)

    def test_disorder(self):
        """Pieces swapped and sent again come out once and in order."""
        packets = self.packets()
        packets.insert(4, packets[2])
        frames = self.frames(pcap(packets))
        self.assertEqual([frame["hex"] for frame in frames], METER_NUMBER)
        packets = self.packets()
        packets[2], packets[3] = packets[3], packets[2]
        frames = self.frames(pcap(packets))
        self.assertEqual([frame["hex"] for frame in frames], METER_NUMBER)

    def test_missing(self):
        packets = self.packets()
        del packets[10]
        frames = self.frames(pcap(packets), status=1, stderr="5 bytes of the conversations are not in the capture")
        self.assertIn(ANSWER, [frame["hex"] for frame in frames])

    def test_cut(self):
        data = pcap(self.packets())
        frames = self.frames(data[:-3], status=1, stderr="the last packet is cut")
        self.assertEqual([frame["hex"] for frame in frames][:7], METER_NUMBER[:7])
        self.monitor(data[:10], status=2, stderr="header is cut")

    def test_other_port(self):
        self.monitor(pcap(self.packets()), "--port", "4059", status=2, stderr="nothing to decode")
        self.check_conversation(pcap(self.packets()), "--port", "1025")


class FakeMeter(threading.Thread):
    """Answers each of the requests with the recorded answer, in two pieces."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        with self.listener:
            client, _ = self.listener.accept()
        with client:
            for request, answer in zip(METER_NUMBER[::2], METER_NUMBER[1::2]):
                wanted = len(request) // 2
                while wanted > 0:
                    got = client.recv(wanted)
                    if not got:
                        return
                    wanted -= len(got)
                data = bytes.fromhex(answer)
                client.sendall(data[:4])
                client.sendall(data[4:])


class Tap(Monitor):
    def test_tap(self):
        """Bytes pass unchanged both ways, and are decoded as they pass."""
        meter = FakeMeter()
        meter.start()
        tap = subprocess.Popen([PROGRAM, "monitor", "--tap", "0", f"127.0.0.1:{meter.port}", "--json"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            port = int(tap.stderr.readline().split()[2].rsplit(":", 1)[1])
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as client:
                for request, answer in zip(METER_NUMBER[::2], METER_NUMBER[1::2]):
                    client.sendall(bytes.fromhex(request))
                    received = b""
                    while len(received) < len(answer) // 2:
                        received += client.recv(4096)
                    self.assertEqual(received.hex().upper(), answer)
            frames = [json.loads(tap.stdout.readline()) for _ in METER_NUMBER]
            self.assertEqual([frame["hex"] for frame in frames], METER_NUMBER)
            self.assertEqual([frame["direction"] for frame in frames], ["to-meter", "from-meter"] * 4)
            self.assertEqual({frame["channel"] for frame in frames}, {"1"})
            tap.send_signal(signal.SIGINT)
            self.assertEqual(tap.wait(DEADLINE_S), 0)
        finally:
            tap.kill()
            tap.communicate()

    def test_waiting_for_the_meter_holds_up_nobody(self):
        """While one connection to the meter is not answered at all, the others pass on."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            address = listener.getsockname()
            tap = subprocess.Popen([PROGRAM, "monitor", "--tap", "0", f"127.0.0.1:{address[1]}", "--brief"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            fillers = []
            try:
                place = ("127.0.0.1", int(tap.stderr.readline().split()[2].rsplit(":", 1)[1]))
                with socket.create_connection(place, timeout=DEADLINE_S) as first:
                    meter, _ = listener.accept()
                    fillers.append(meter)
                    for _ in range(2):  # the queue of those that wait to be accepted is full then
                        fillers.append(socket.socket())
                        fillers[-1].setblocking(False)
                        fillers[-1].connect_ex(address)
                    with socket.create_connection(place, timeout=DEADLINE_S) as second:
                        second.sendall(b"\x10")
                        for request in METER_NUMBER[::2]:
                            first.sendall(bytes.fromhex(request))
                            meter.settimeout(5)
                            self.assertEqual(meter.recv(4096).hex().upper(), request)
            finally:
                tap.kill()
                tap.communicate()
                for filler in fillers:
                    filler.close()

    def test_meter_away(self):
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            dead = nobody.getsockname()[1]
        tap = subprocess.Popen([PROGRAM, "monitor", "--tap", "127.0.0.1:0", f"127.0.0.1:{dead}"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            port = int(tap.stderr.readline().split()[2].rsplit(":", 1)[1])
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as client:
                self.assertEqual(client.recv(1), b"")
            self.assertIn("refused", tap.stderr.readline())
        finally:
            tap.kill()
            tap.communicate()


if __name__ == "__main__":
    unittest.main()
