import NanoCore
import Testing

/// Alarms for certificates that end, and for new ones that cannot be taken over.
@Suite struct CertificateAlarmTests {
    private static let day: Int64 = 86_400_000

    /// A watch whose gateway has a certificate that is valid for so long from its first look on.
    private func watch(milliseconds: Int64) -> AlarmWatch {
        var watch = AlarmWatch()
        watch.pass {
            $0.certificates = [
                CertificateSnapshot(
                    key: "devices.tls.certificate",
                    validUntilUnixMilliseconds: $0.gateway.unixMilliseconds + 1_000 + milliseconds)
            ]
        }
        return watch
    }

    @Test(arguments: [
        (30, AlarmSnapshot.Severity.notice, "certificate expires soon"),
        (14, .warning, "certificate expires soon"), (3, .critical, "certificate expires"),
        (0, .critical, "certificate expired"),
    ])
    func `the nearer the end, the louder`(
        days: Int64, severity: AlarmSnapshot.Severity, title: String
    ) throws {
        let before = watch(milliseconds: days * Self.day + 1)
        #expect(before.board.alarms.first?.severity != severity || days == 0)
        let alarm = try #require(watch(milliseconds: days * Self.day).board.alarms.first)
        #expect(alarm.severity == severity && alarm.title == title)
        #expect(alarm.text.hasPrefix("devices.tls.certificate: "))
    }

    @Test func `a month before there is none, and a new certificate ends it at once`() {
        #expect(watch(milliseconds: 31 * Self.day).titles.isEmpty)
        var watch = watch(milliseconds: Self.day)
        #expect(
            watch.texts.first?.contains(", 24 h more; put a new one in the file's place") == true)
        watch.pass { $0.certificates[0].validUntilUnixMilliseconds += 90 * Self.day }
        #expect(watch.titles.isEmpty)
    }

    @Test func `files that stay unfit for some seconds are an alarm, a pair in the making is none`()
    {
        var watch = watch(milliseconds: 90 * Self.day)
        watch.pass(seconds: 4) { $0.certificates[0].fault = "devices.tls.key: /x.key: no\u{1B}" }
        #expect(watch.titles.isEmpty)
        watch.pass { $0.certificates[0].fault = "" }
        watch.pass(seconds: 6) { $0.certificates[0].fault = "devices.tls.key: /x.key: no\u{1B}" }
        #expect(watch.titles == ["certificate not taken over"])
        #expect(
            watch.texts == [
                "devices.tls.key: /x.key: no\\u{1B}; the one from before holds; mend the file"
            ])
    }
}
