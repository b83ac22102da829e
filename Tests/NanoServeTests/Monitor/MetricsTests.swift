import Foundation
import NanoCore
import TestProcesses
import Testing

@testable import NanoServe

@Suite struct MetricsTests {
    private func lines(_ snapshot: Snapshot = StillGateway.busy) -> [String] {
        String(decoding: Metrics.text(snapshot), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }

    @Test func `promtool finds no fault`() throws {
        for path in ["/usr/bin/promtool", "/usr/local/bin/promtool"]
        where FileManager.default.isExecutableFile(atPath: path) {
            let run = try ProgramRun(
                path, ["check", "metrics"], input: Data(Metrics.text(StillGateway.busy)))
            #expect(run.status == 0, "\(run.text)\(run.errors)")
            #expect(run.text.isEmpty && run.errors.isEmpty)
            return
        }
        Issue.record("promtool is missing; apt-get install prometheus")
    }

    @Test func `every family has its help and type once, before its samples`() {
        var known: Set<String> = []
        for line in lines() {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE") {
                #expect(known.insert(String(words[2])).inserted, "\(line)")
            } else if !line.hasPrefix("#") {
                let name = String(words[0].prefix { $0 != "{" })
                let family = ["_bucket", "_sum", "_count"].reduce(name) { name, suffix in
                    name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
                }
                #expect(known.contains(name) || known.contains(family), "\(line)")
                #expect(name.hasPrefix("nanogridata_"))
                #expect(Double(words.last ?? "") != nil, "\(line)")
            }
        }
        #expect(known.count > 20)
    }

    @Test func `what expired is told by cause, for destinations that are gone too`() {
        var snapshot = Snapshot()
        snapshot.routes = [RouteSnapshot(name: "alba")]
        snapshot.routes[0].expiredBy[.age] = 3
        var expired = ExpiredPackets()
        expired[.room] = 4
        snapshot.journal.unconfigured = ["a", "b"].map {
            UnconfiguredRoute(name: $0, waiting: 1, expiredBy: expired)
        }
        let found = lines(snapshot).filter { $0.contains("expired_total{") }
        #expect(found.contains(#"nanogridata_route_expired_total{route="alba",cause="too_old"} 3"#))
        #expect(
            found.contains(#"nanogridata_journal_unconfigured_expired_total{cause="no_room"} 8"#))
        #expect(found.count == 2 * ExpiryCause.allCases.count)
    }

    @Test func `devices that fail, and what they hold back, are told by route`() {
        var snapshot = Snapshot()
        snapshot.routes = [RouteSnapshot(name: "alba"), RouteSnapshot(name: "cycle")]
        snapshot.routes[0].failingDevices = 3
        snapshot.routes[0].heldBack = 400
        let found = lines(snapshot)
        #expect(found.contains(#"nanogridata_route_failing_devices{route="alba"} 3"#))
        #expect(found.contains(#"nanogridata_route_held_back_packets{route="alba"} 400"#))
        #expect(found.contains(#"nanogridata_route_failing_devices{route="cycle"} 0"#))
        #expect(found.contains(#"nanogridata_route_held_back_packets{route="cycle"} 0"#))
    }

    @Test func `all reasons are there from the start`() {
        let reasons = lines(Snapshot()).filter {
            $0.hasPrefix("nanogridata_packets_refused_total{")
        }
        #expect(reasons.count == RefusalReason.allCases.count)
    }

    @Test
    func `labels name what is counted by, models, routes, buckets and the version alone`() {
        let names = lines().flatMap { line in
            line.matches(of: /[{,]([a-z]+)="/).map { String($0.output.1) }
        }
        #expect(
            Set(names) == [
                "reason", "cause", "standing", "kind", "model", "route", "le", "version",
            ])
    }

    @Test func `histograms count upwards and end with everything`() {
        let prefix = "nanogridata_decode_seconds_bucket"
        let counts = lines().filter { $0.hasPrefix(prefix) }.compactMap {
            Int($0.split(separator: " ").last ?? "")
        }
        #expect(counts == counts.sorted() && counts.last == 3)
        #expect(counts.count == Histogram.bucketBoundsNanoseconds.count + 1)
        #expect(lines().contains("nanogridata_decode_seconds_count 3"))
        #expect(lines().contains("nanogridata_decode_seconds_bucket{le=\"1e-06\"} 1"))
    }

    @Test func `text in labels is escaped`() {
        var text = MetricsText()
        text.gauge("a", "b", [.init(1, ["route": "x\"\\\n"])])
        #expect(
            String(decoding: text.bytes, as: UTF8.self).hasSuffix("a{route=\"x\\\"\\\\\\n\"} 1\n"))
    }
}
