import Testing

@testable import NanoCore

@Suite struct FilterMatchTests {
    private static let now: Int64 = 1_767_225_600_000

    /// A refused frame that came half a minute ago.
    private var subject: FilterSubject {
        var subject = FilterSubject()
        subject.model = .esp32Pressure
        subject.reasons = RefusalSet(.replay)
        subject.device = "ESP32-017"
        subject.address = "10.0.4.17:50112"
        (subject.type, subject.level) = ("telemetry", "standard")
        (subject.size, subject.clockSeconds) = (200, -90.5)
        subject.unixMilliseconds = Self.now - 30_000
        return subject
    }

    private func matches(
        _ text: String, _ subject: FilterSubject, in scope: FilterScope = .rejections
    ) -> Bool {
        let filter = Filter(text, in: scope)
        #expect(filter.faults.isEmpty, "\(text): \(filter.faults)")
        return filter.matches(subject, now: Self.now)
    }

    @Test(arguments: [
        "", "  ", "replay", "esp32-017", "model:esp32", "model:0x10", "model:10", "model:ESP*",
        "reason:replay", "reason:mac_mismatch,replay", "reason:rep*", "device:ESP32-0*",
        "device:*-017", "device:*32-0*", "device:esp32-017", "device:\"ESP32-017\"",
        "address:10.0.4.", "address:10.0.4", "address:10.0.4.17", "address:*:50112",
        "address:10.0.4.1*", "model:esp32 reason:replay 10.0", "0X10", "\"10.0.4.17:5\"",
        "device:\"ESP32-0\"*", "device:\"ESP32-0*\"", "device:\"*-017\"", "device:x,esp32-017",
        "type:tele*", "level:standard", "size:200",
        "size:>199", "size:>=200 size:<=200", "size:<201", "size:1,200", "clock:<-60",
        "clock:-90", "clock:>1m,<-1m", "clock:>=-91s", "since:30s", "since:1m until:30s",
        "since:2025-12-31T23:59:30Z", "until:2026-01-01", "-stm32", "-model:stm32",
        "-reason:mac_mismatch -size:>200", "MODEL:ESP32", "telemetry",
    ])
    func `what describes a row shows it`(text: String) {
        #expect(matches(text, subject))
    }

    @Test(arguments: [
        "stm32", "model:stm32", "reason:mac_mismatch", "device:ESP32", "address:10.0.5.",
        "address:10.0.4.1", "address:0.0.4.17", "address:10.0.4.17:5",
        "model:esp32 reason:truncated", "device:\"ESP32-0\\*\"", "device:\"x,ESP32-017\"",
        "ESP32-017x", "size:>200", "size:<200", "size:199", "clock:>0", "clock:<-91",
        "since:29s", "until:31s", "since:2025-12-31T23:59:31Z", "until:2025-12-31", "-replay",
        "-model:esp32", "-device:ESP32-*", "replay -model:esp32", "-since:1m",
    ])
    func `what does not describe a row hides it`(text: String) {
        #expect(!matches(text, subject))
    }

    @Test(arguments: [
        "device:*", "model:0x10", "reason:re*", "address:*", "size:>=0", "clock:<1", "since:24h",
        "type:event", "level:high",
    ])
    func `what is not known of a row matches nothing, and is not taken out`(text: String) {
        #expect(!matches(text, FilterSubject()))
        #expect(matches("-" + text, FilterSubject()))
    }

    @Test(arguments: [
        "Zähler-9", "a\"b\\", "x,y", "pump 7*", "\u{202E}", "ÄÖ:Ü", "-1", ">5", "\\", "\"\u{301}",
    ])
    func `a quoted name stands for itself alone`(name: String) {
        for value in [Filter.quoted(name), Filter.value(name)] {
            func holds(_ device: String) -> Bool {
                var subject = FilterSubject()
                subject.device = device
                return matches("device:\(value)", subject)
            }
            #expect(holds(name) && holds(name.lowercased()))
            #expect(!holds(name + "x") && !holds(String(name.dropLast())))
        }
    }

    @Test func `a number matches the code that condemned a dead letter`() {
        var subject = FilterSubject()
        subject.status = "422 Unprocessable Entity"
        for text in [
            "status:422", "status:400,422", "status:422*", "status:\"422 unprocessable entity\"",
            "-status:42", "-status:4220", "-status:4*2",
        ] {
            #expect(matches(text, subject, in: .deadLetters), "\(text)")
        }
        for text in ["status:42", "status:4220", "status:Entity", "status:\"422 \"", "-status:422"]
        {
            #expect(!matches(text, subject, in: .deadLetters), "\(text)")
        }
        subject.status = "422"
        #expect(matches("status:422", subject, in: .deadLetters))
    }

    @Test func `a word behind a minus that is quoted is looked for`() {
        var subject = FilterSubject()
        subject.device = "x-7"
        #expect(matches("\"-7\"", subject))
        #expect(!matches("-7", subject))
    }

    @Test func `words of any language are found in any case`() {
        var subject = FilterSubject()
        subject.device = "Stadtwerke-zähler-9"
        #expect(matches("ZÄHLER", subject))
        #expect(!matches("zaehler", subject))
    }

    @Test(arguments: [
        "device:Caf\u{E9}-7", "device:CAFE\u{301}-7", "device:cafe\u{301}*", "device:*\u{E9}-7",
        "f\u{E9}", "fe\u{301}-", "device:*E\u{301}*",
    ])
    func `an accent is found whether it is a part of its letter or stands behind it`(filter: String)
    {
        for name in ["Caf\u{E9}-7", "Cafe\u{301}-7"] {
            var subject = FilterSubject()
            subject.device = name
            #expect(matches(filter, subject), "\(filter) in \(name.utf8.count) bytes")
            subject.device = "Cafe-7"
            #expect(!matches(filter, subject))
        }
    }

    @Test(arguments: [
        ("fe80::1", true), ("fe80:", true), ("fe80::12", false), ("FE80", true), ("fe8", false),
        ("fe80::1:5", true), ("fe80::1:50", false),
    ])
    func `an address is matched by whole numbers, of IPv6 too`(value: String, isMatch: Bool) {
        var subject = FilterSubject()
        subject.address = "fe80::1:5"
        #expect(matches("address:\(value)", subject) == isMatch)
        subject.address = "[fe80::1]:5"
        #expect(matches("address:[fe80::1]", subject) && !matches("address:e80", subject))
        #expect(matches("address:\(value)", subject) == (isMatch && value != "fe80::1:5"))
    }

    @Test func `an address of several reasons is found by each`() {
        var subject = FilterSubject()
        subject.reasons = RefusalSet([.replay, .macMismatch])
        #expect(matches("reason:mac*", subject, in: .offenders))
        #expect(matches("reason:replay", subject, in: .offenders))
        #expect(!matches("reason:bad_magic", subject, in: .offenders))
    }

    @Test func `names are those of the scope`() {
        var line = FilterSubject()
        line.level = "warning"
        #expect(matches("level:warn*", line, in: .log))
        #expect(!matches("level:info", line, in: .log))
        var device = DeviceSnapshot(model: .esp32Pressure, id: "a")
        device.lastSeenUnixMilliseconds = Self.now - 60_000
        func isIn(_ state: String) -> Bool {
            matches("state:\(state)", FilterSubject(device, now: Self.now), in: .devices)
        }
        #expect(isIn("late") && !isIn("live"))
        device.lastSeenUnixMilliseconds += 1
        #expect(isIn("live"))
        device.standing = .blocked
        #expect(isIn("blocked") && !isIn("live"))
    }

    @Test func `an invalid filter hides nothing`() {
        for text in ["reason:nonsense stm32", "device:\"a", "model:esp32 model:"] {
            let filter = Filter(text, in: .rejections)
            #expect(!filter.isValid)
            #expect(filter.matches(FilterSubject(), now: 0))
        }
    }
}
