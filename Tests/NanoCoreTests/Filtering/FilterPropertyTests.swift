import Testing

@testable import NanoCore

@Suite struct FilterPropertyTests {
    private static let parts =
        FilterKey.allCases.map(\.rawValue) + [
            ":", ":", ",", " ", " ", "-", "\"", "\"", "\\", "*", ">", "<=", "5m", "0x10", "esp32",
            "replay", "a", "é", "e\u{301}", "\u{301}", "\u{202E}", "\u{1B}", "🦆", "\0", "\t", "200",
            "2026-01-17T14:30:00Z", "telemetry", "refused", "warning",
        ]

    @Test func `any text is read without a trap, and its pieces are the text`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededNumbers(seed: seed)
        for _ in 0..<1_500 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Self.parts.randomElement(using: &random) ?? ""
            }.joined()
            let scope = FilterScope.allCases.randomElement(using: &random) ?? .packets
            let filter = Filter(text, in: scope)
            check(filter, seed)
            for offset in 0...text.utf8.count {
                let completion = FilterCompletion(of: text, at: offset, in: scope)
                #expect(completion.range.upperBound == offset, "seed \(seed): \(text)")
            }
        }
    }

    private func check(_ filter: Filter, _ seed: UInt64) {
        let text = filter.source
        var end = 0
        for piece in filter.pieces {
            #expect(piece.range.lowerBound == end && !piece.range.isEmpty, "seed \(seed): \(text)")
            end = piece.range.upperBound
        }
        #expect(end == text.utf8.count, "seed \(seed): \(text)")
        for fault in filter.faults {
            #expect(fault.range.upperBound <= text.utf8.count, "seed \(seed): \(text)")
            #expect(fault.words == SafeText.escaped(fault.words), "seed \(seed): \(text)")
        }
        #expect(
            filter.isValid == !filter.pieces.contains(where: \.isFaulty), "seed \(seed): \(text)")
        var subject = FilterSubject()
        subject.device = text
        subject.address = text
        let isShown = filter.matches(subject, now: 0)
        #expect(isShown || filter.isValid, "seed \(seed): \(text)")
    }

    @Test func `any text that is quoted stands for itself`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededNumbers(seed: seed)
        for _ in 0..<2_000 {
            let name = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Self.parts.randomElement(using: &random) ?? ""
            }.joined()
            for value in [Filter.quoted(name), Filter.value(name)] {
                let filter = Filter("device:\(value)", in: .packets)
                #expect(filter.isValid, "seed \(seed): \(name)")
                var subject = FilterSubject()
                subject.device = name
                #expect(filter.matches(subject, now: 0), "seed \(seed): \(name)")
                subject.device = name + "x"
                #expect(!filter.matches(subject, now: 0), "seed \(seed): \(name)")
            }
        }
    }

    @Test func `a filter of any length is read in bounded time`() {
        for text in ["\"", "\\", ",", "a,", "*", "-", "model:x ", ":", "reason:zz,", "é"] {
            let filter = Filter(String(repeating: text, count: 100_000), in: .rejections)
            #expect(!filter.isValid && filter.faults.count == 1)
            let most = String(repeating: text, count: Filter.maximumBytes / text.utf8.count)
            #expect(Filter(most, in: .rejections).faults.count <= Filter.maximumValues)
        }
    }
}
