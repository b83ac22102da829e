import Foundation
import Testing

/// What gateways were sent and have committed, and what has to have come of it.
struct DeliveryOracle {
    let seed: UInt64
    private(set) var sent: [[UInt8]] = []
    /// The block in which each committed frame is.
    private var blocks: [String: Int] = [:]
    /// Lines of journals that have been read: most of them are there again after the next kill.
    private var lines: Set<Substring> = []

    static let devices = 5

    /// Whether there are no numbers left: a frame of the tests has 16 bits for its pressure.
    var isUsedUp: Bool { sent.count > Int(UInt16.max) - 100 }

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The next frame to send: its number is its pressure, and chooses its device.
    mutating func nextFrame() -> [UInt8] {
        let number = sent.count
        let device = TestDevice.pressure("ESP32-00\(number % Self.devices)")
        sent.append(device.pressureFrame(pascal: UInt16(number)))
        return sent[number]
    }

    private struct Exported: Decodable {
        var block: Int
        var frame: String
    }

    /// Reads a dead gateway's journal: what is in it counts as accepted.
    ///
    /// - Returns: The places of those of some frames that are in it.
    mutating func committed(in state: URL, among frames: [[UInt8]]) async throws -> [Int] {
        let export = try RunningProcess(["journal", "export", "--state-dir", state.path()])
        try #require(try await export.wait() == 0, "seed \(seed): \(export.standardError)")
        for line in export.standardOutput.split(separator: "\n")
        where lines.insert(line).inserted {
            let packet = try JSONDecoder().decode(Exported.self, from: Data(line.utf8))
            let before = blocks.updateValue(packet.block, forKey: packet.frame)
            #expect(
                before == nil || before == packet.block,
                "seed \(seed): a frame of block \(before ?? 0) was accepted again")
        }
        return frames.indices.filter { blocks[Self.text(frames[$0])] != nil }
    }

    private static func text(_ frame: [UInt8]) -> String {
        frame.map { String(format: "%02x", $0) }.joined()
    }

    /// Whether nothing is left to deliver or to write.
    static func isDrained(_ gateway: RunningGateway) async throws -> Bool {
        let stats = try await gateway.stats()
        let alba = route(in: stats)
        return alba["waiting"] == 0 && alba["in_flight"] == 0
            && numbers(stats, "ledger")["committing"] == 0
    }

    /// Waits until nothing is left to deliver or to write, for as long as it becomes less.
    static func drain(_ gateway: RunningGateway) async throws {
        while try await !isDrained(gateway) {
            let delivered = try await gateway.number("routes.alba.delivered")
            try await eventually("something more is delivered") {
                if try await isDrained(gateway) { return true }
                return try await gateway.number("routes.alba.delivered") > delivered
            }
        }
    }

    /// Adds up what a gateway says about itself.
    func checkLedger(_ gateway: RunningGateway) async throws {
        let stats = try await gateway.stats()
        let ledger = Self.numbers(stats, "ledger")
        let sum = ["refused", "accepted", "committing"].reduce(0) { $0 + (ledger[$1] ?? 0) }
        #expect(ledger["received"] == sum, "seed \(seed): \(ledger)")
        let alba = Self.route(in: stats)
        let settled = ["delivered", "waiting", "in_flight", "dead_letters", "expired", "skipped"]
            .reduce(0) { $0 + (alba[$1] ?? 0) }
        #expect(alba["accepted"] == settled, "seed \(seed): \(alba)")
        #expect(alba["expired"] == 0 && alba["skipped"] == 0, "seed \(seed): \(alba)")
        #expect((stats["ledger"] as? [String: Any])?["balances"] as? Bool == true)
    }

    private static func route(in stats: [String: Any]) -> [String: Int] {
        numbers(stats["routes"] as? [String: Any] ?? [:], "alba")
    }

    private static func numbers(_ stats: [String: Any], _ name: String) -> [String: Int] {
        (stats[name] as? [String: Any] ?? [:]).compactMapValues { ($0 as? NSNumber)?.intValue }
    }

    /// Compares what a receiver has with what was sent.
    func check(_ book: RecordingSink.Book, _ script: SinkScript) {
        let poison = Set(sent.indices.filter(script.condemns(event:)))
        let lost = Set(sent.indices).subtracting(poison).subtracting(book.taken)
        #expect(lost.isEmpty, "seed \(seed): lost \(lost.sorted())")
        #expect(book.condemned == poison, "seed \(seed)")
        #expect(poison.isDisjoint(with: book.taken), "seed \(seed)")
        var newest = [Int](repeating: -1, count: Self.devices)
        var seen: Set<Int> = []
        for number in book.taken where seen.insert(number).inserted {
            let device = number % Self.devices
            #expect(
                newest[device] < number,
                "seed \(seed): \(number) came behind \(newest[device]) of the same device")
            newest[device] = number
        }
    }
}
