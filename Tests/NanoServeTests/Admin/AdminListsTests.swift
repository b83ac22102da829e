import Foundation
import NIOPosix
import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Long lists that go over the admin socket by what has changed of them.
@Suite struct AdminListsTests {
    private func line(_ id: UInt64, _ message: String = "") -> LogLine {
        LogLine(id: id, unixMilliseconds: 0, level: "info", label: "", message: message)
    }

    private func decoded(_ json: Data?) throws -> RowChanges<LogLine>? {
        try json.map { try AdminLine.decode(RowChanges<LogLine>.self, from: $0) }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `whatever becomes of a list, its changes make the new one of the old`(seed: UInt64) throws
    {
        var chance = SplitMix64(seed: seed)
        var list = (0..<20).map { line($0) }
        var next: UInt64 = 20
        for step in 0..<500 {
            let old = list
            for _ in 0..<Int.random(in: 0..<4, using: &chance) {
                let place = Int.random(in: 0...list.count, using: &chance)
                switch Int.random(in: 0..<5, using: &chance) {
                case 0: list.insert(line(next), at: place)
                case 1 where place < list.count: list.remove(at: place)
                case 2 where place < list.count: list[place].message = "\(step)"
                case 3: list.shuffle(using: &chance)
                default: list.append(line(next))
                }
                next += 1
            }
            let changes = RowChanges(list, revision: 2, from: old, since: 1)
            #expect(try changes.applied(to: (1, old)) == list, "step \(step)")
        }
    }

    @Test func `what has moved up by new rows sends these alone`() throws {
        let old = (0..<512).map { line($0) }
        let new = Array(old[3...]) + [line(600), line(601), line(602)]
        let changes = RowChanges(new, revision: 2, from: old, since: 1)
        #expect(changes.rows.map(\.id) == [600, 601, 602])
        #expect(changes.runs == [3, 509, 3])
        // A finding about one of them comes later.
        var found = new
        found[7].message = "found out"
        #expect(RowChanges(found, revision: 3, from: new, since: 2).rows == [found[7]])
    }

    @Test func `who holds the newest is told nothing, who holds one before the changes`() throws {
        var versions = RowVersions<LogLine>()
        versions.take([line(1), line(2)], revision: 1)
        versions.take([line(1), line(2)], revision: 2)
        #expect(try versions.json(since: 1) == nil)
        versions.take([line(1), line(2), line(3)], revision: 3)
        let changes = try #require(try decoded(versions.json(since: 1)))
        #expect(changes.rows == [line(3)] && changes.since == 1 && changes.revision == 3)
        #expect(try versions.json(since: 3) == nil)
        for other in [nil, 2, 99] as [UInt64?] {
            let all = try #require(try decoded(versions.json(since: other)))
            #expect(all.rows == [line(1), line(2), line(3)] && all.since == nil)
        }
        versions.take([line(4)], revision: 4)
        #expect(
            try decoded(versions.json(since: 1))?.since == 1, "another console may ask in turns")
        for later: UInt64 in 5...7 { versions.take([line(later)], revision: later) }
        #expect(try decoded(versions.json(since: 1))?.since == nil, "too old to be remembered")
    }

    @Test(arguments: [
        [0, 3, 1], [-1, 1, 1], [0, 2, 2], [0, 2, 0], [0, 2], [3, 0, 1], [0, -1, 1],
    ])
    func `changes that do not fit are no list`(runs: [Int]) throws {
        let text = #"{"revision":2,"since":1,"runs":\#(runs),"rows":[\#(json(line(9)))]}"#
        let changes = try AdminLine.decode(RowChanges<LogLine>.self, from: Data(text.utf8))
        #expect(throws: AdminFault.self) { try changes.applied(to: (1, [line(1), line(2)])) }
        #expect(throws: AdminFault.self) { try changes.applied(to: nil) }
    }

    private func json(_ line: LogLine) -> String {
        let json = (try? AdminLine.encode(line)) ?? Data()
        return String(decoding: json.dropLast(), as: UTF8.self)
    }

    @Test func `looked at again and again a gateway shows the same as at first sight`() async throws
    {
        try await withGateway { gateway in
            try await AdminSocketTests().withSocket(gateway) { path in
                let client = try AdminClient(path: path)
                let parts: SnapshotParts = [.devices, .packets, .rejections, .log, .audit]
                var held = AdminLists.Held()
                for pascal in 1...3 {
                    try await gateway.send([DeviceFrames.pressure(100_000 + pascal)])
                    let isSeen = try await eventually {
                        try client.snapshot(parts, holding: &held).packets.count == pascal
                    }
                    #expect(isSeen)
                    let isSame = try await eventually {
                        let looked = try client.snapshot(parts, holding: &held)
                        let whole = try client.snapshot(parts)
                        return looked.packets == whole.packets && looked.log == whole.log
                            && looked.adoptions == whole.adoptions && looked.audit == whole.audit
                            && looked.formerDevices == whole.formerDevices
                            && looked.devices.map(\.accepted) == whole.devices.map(\.accepted)
                    }
                    #expect(isSame)
                }
                // Those that do not change keep their number, and none comes with parts not asked for.
                let before = held.revisions
                let small = try client.snapshot([], holding: &held)
                #expect(small.packets.isEmpty && small.devices.isEmpty)
                _ = try client.snapshot([.packets], holding: &held)
                #expect(held.revisions["packets"] == before["packets"])
                #expect(before["former_devices"] != nil && before["adoptions"] != nil)
            }
        }
    }

    @Test func `an answer of a gateway that knows of no lists is taken as it is`() throws {
        let answer = try AdminLine.decode(
            AdminAnswer.self, from: Data(#"{"id":1,"ok":true,"later":{"a":[1]}}"#.utf8))
        #expect(answer.ok && answer.lists == nil)
        let request = try AdminLine.decode(
            AdminRequest.self, from: Data(#"{"id":1,"do":"snapshot","later":7}"#.utf8))
        #expect(request.have == nil)
    }
}
