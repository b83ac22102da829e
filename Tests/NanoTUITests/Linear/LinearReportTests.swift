import NanoCore
import Testing

@testable import NanoTUI

@Suite struct LinearReportTests {
    private static func quiet(second: Int) -> Snapshot {
        var snapshot = SampleGateway.snapshot(second: second, parts: [])
        snapshot.alarms = []
        for index in snapshot.routes.indices { snapshot.routes[index].state = .flowing }
        return snapshot
    }

    @Test func `it begins with how all is, and then tells what changes, once`() {
        var report = LinearReport(secondsBetweenSummaries: 60)
        let first = report.lines(for: Self.quiet(second: 98))
        #expect(first.first == "2026-01-01 00:01:38Z gateway lab-gw-01 is running")
        #expect(!first.contains { $0.contains("packets/s") }, "the rates are not known")
        #expect(report.lines(for: Self.quiet(second: 99)).isEmpty)
        let summary = report.lines(for: Self.quiet(second: 100))
        #expect(summary.count == 1 && summary[0].contains("; no alarms"))
        #expect(summary[0].contains("in all 1,003,000 received, 998,700 accepted"))
        #expect(summary[0].contains("received 10,030 packets/s"))
        #expect(report.lines(for: Self.quiet(second: 101)).isEmpty)
        var next = Self.quiet(second: 102)
        next.routes[1].state = .retrying
        next.routes[1].lastError = "timeout\u{1B}[2J"
        next.alarms = [
            AlarmSnapshot(
                id: "a", severity: .critical, unixMilliseconds: 0, title: "replay storm",
                text: "31/s")
        ]
        let name = next.routes[1].name
        #expect(
            report.lines(for: next) == [
                "2026-01-01 00:01:42Z route \(name) is retrying: timeout\\u{1B}[2J",
                "2026-01-01 00:01:42Z critical alarm: replay storm: 31/s",
            ])
        #expect(report.lines(for: next).isEmpty)
        #expect(
            report.lines(for: Self.quiet(second: 104)) == [
                "2026-01-01 00:01:44Z route \(name) is flowing",
                "2026-01-01 00:01:44Z alarm over: replay storm",
            ])
    }

    @Test func `all is told again when its time has come`() {
        var report = LinearReport(secondsBetweenSummaries: 10)
        let told = (1...35).filter { !report.lines(for: Self.quiet(second: $0)).isEmpty }
        #expect(told == [1, 3, 13, 23, 33])
        let line = report.lines(for: Self.quiet(second: 43))
        #expect(line.count == 1)
        #expect(line[0].contains("received 10,030 packets/s, accepted 9,987/s, refused 43.0/s"))
    }

    @Test func `a gateway that was started anew is told of from its beginning`() {
        var report = LinearReport(secondsBetweenSummaries: 60)
        for second in 4_998...5_000 { _ = report.lines(for: Self.quiet(second: second)) }
        #expect(report.lines(for: Self.quiet(second: 1)).isEmpty)
        let told = (2...70).filter { !report.lines(for: Self.quiet(second: $0)).isEmpty }
        #expect(told == [60])
    }
}
