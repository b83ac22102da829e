import Testing

@testable import NanoCore

@Suite struct FilterCompletionTests {
    private func completion(
        _ text: String, at offset: Int? = nil, in scope: FilterScope = .rejections
    ) -> FilterCompletion {
        FilterCompletion(of: text, at: offset ?? text.utf8.count, in: scope) { key in
            switch key {
            case .device: ["ESP32-001", "ESP32-002", "pump 7", "pump 7"]
            case .model: ["esp32", "0x55"]
            default: []
            }
        }
    }

    @Test func `at a word's beginning are the keys that can match`() {
        for text in ["", "replay ", "model:esp32 "] {
            let all = completion(text)
            #expect(all.candidates == FilterScope.rejections.keys.map { "\($0.rawValue):" })
            #expect(all.range == text.utf8.count..<text.utf8.count)
        }
        #expect(completion("", in: .events).candidates == ["model:", "device:", "type:", "level:"])
    }

    @Test(arguments: [
        ("re", ["reason:"], 0..<2), ("-re", ["reason:"], 1..<3), ("x -DE", ["device:"], 3..<5),
        ("zz", [], 0..<2), ("model:e", ["esp32"], 6..<7),
        ("model:", ["esp32", "stm32", "asic", "rpi", "custom", "0x55"], 6..<6),
        ("model:stm32,e", ["esp32"], 12..<13), ("-model:r", ["rpi"], 7..<8),
        ("reason:mac", ["mac_mismatch"], 7..<10),
        ("reason:times", ["timestamp_future", "timestamp_drift", "timestamp_ancient"], 7..<12),
        ("device:esp", ["ESP32-001", "ESP32-002"], 7..<10),
        ("device:pump", ["\"pump 7\""], 7..<11), ("device:\"pu", ["\"pump 7\""], 7..<10),
        ("device:\"pump 7\",\"p", ["\"pump 7\""], 16..<18),
        ("type:", ["telemetry", "config", "event", "command", "calibration"], 5..<5),
        ("since:", ["1m", "5m", "15m", "1h", "24h"], 6..<6),
        ("since:1", ["1m", "15m", "1h"], 6..<7),
        ("verdict:", [], 8..<8), ("nokey:x", [], 7..<7), ("size:", [], 5..<5),
    ])
    func `what is begun is completed`(text: String, candidates: [String], range: Range<Int>) {
        let completion = completion(text)
        #expect(completion.candidates == candidates)
        #expect(completion.range == range)
    }

    @Test func `only what stands in front of the cursor counts`() {
        let inside = completion("re model:esp32", at: 2)
        #expect(inside.candidates == ["reason:"] && inside.range == 0..<2)
        #expect(completion("model:esp32", at: 7).range == 6..<7)
    }

    @Test func `the key whose value is written is told`() {
        #expect(completion("re").key == nil && completion("").key == nil)
        #expect(completion("reason:").key == .reason && completion("-size:>2").key == .size)
        #expect(completion("verdict:").key == nil)
    }

    @Test func `there is an end to candidates`() {
        let many = FilterCompletion(of: "device:", at: 7, in: .devices) { _ in
            (1...5_000).map { "D\($0)" }
        }
        #expect(many.candidates.count == FilterCompletion.maximumCandidates)
    }

    @Test(arguments: FilterScope.allCases)
    func `whatever is completed is valid`(scope: FilterScope) {
        for key in FilterCompletion(of: "", at: 0, in: scope).candidates {
            for value in FilterCompletion(of: key, at: key.utf8.count, in: scope).candidates {
                #expect(Filter(key + value, in: scope).isValid, "\(key)\(value)")
            }
        }
    }
}
