import Testing

@testable import NanoCore

@Suite struct FilterFaultTests {
    @Test(arguments: [
        ("colour:red", 0..<6, "no key is called colour; keys here: reason, model"),
        ("size:1 resaon:replay", 7..<13, "did you mean reason?"),
        ("reason:nonsense", 7..<15, "no reason is called nonsense; docs/protocol.md"),
        ("reason:replay,mac_mismtch", 14..<25, "did you mean mac_mismatch?"),
        ("model:", 0..<6, "nothing behind model:"),
        ("-model:,", 1..<7, "nothing behind model:"),
        ("device:\"a", 7..<9, "a quotation mark is not closed"),
        ("model:esp", 6..<9, "known: esp32, stm32, asic, rpi, custom, or 0xNN"),
        ("type:nope", 5..<9, "known: telemetry, config, event, command, calibration"),
        ("level:warning", 6..<13, "known: none, standard, high, military"),
        ("verdict:refused", 0..<7, "verdict: can match nothing here"),
        ("size:big", 5..<8, "a whole number"), ("size:-1", 5..<7, "a whole number"),
        ("size:>1k", 5..<8, "a whole number"), ("clock:fast", 6..<10, "ahead or behind"),
        ("since:yesterday", 6..<15, "takes 30s, 90m"),
        ("since:2026-02-30", 6..<16, "a date like"), ("since:1m,2m", 9..<11, "one time alone"),
        ("-", 0..<1, "nothing behind the minus"), ("a ü:b", 2..<4, "no key is called ü"),
        ("since:99999d", 6..<12, "since: takes times up to 36600d ago"),
        ("until:36601d", 6..<12, "until: takes times up to 36600d ago"),
        ("since:5m until:1h", 9..<17, "since:5m is later than until:1h"),
        ("until:1h replay since:5m", 16..<24, "since:5m is later than until:1h"),
        ("since:2026-01-18 until:2026-01-17", 17..<33, "nothing can match both"),
        ("model=esp32", 0..<11, "use model:esp32; text with = goes between quotation marks"),
        ("a -Device=x", 3..<11, "use device:x"), ("size=", 0..<5, "use size:"),
        ("12:04:31", 0..<2, "text with a colon goes between quotation marks"),
        ("\u{1B}[2J:x", 0..<4, "no key is called \\u{1B}[2J"),
        (":x", 0..<1, "nothing in front of the colon; keys here: reason, model"),
        (":", 0..<1, "nothing in front of the colon"),
        ("size:1 -:", 8..<9, "nothing in front of the colon"),
    ])
    func `a fault is named with its place`(text: String, range: Range<Int>, words: String) throws {
        let filter = Filter(text, in: .rejections)
        try #require(filter.faults.count == 1, "\(filter.faults)")
        #expect(filter.faults[0].range == range)
        #expect(filter.faults[0].words.contains(words), "\(filter.faults[0].words)")
        #expect(filter.faults[0].sentence.hasPrefix("at byte \(range.lowerBound): "))
    }

    @Test(arguments: [
        "since:1h until:5m", "since:5m until:5m", "since:36600d", "since:5m -until:1h",
        "since:2026-01-18 until:5m", "\"model=esp32\"", "a=b", "verdict=refused", "x=model=esp32",
    ])
    func `what leaves a time, and words with equals signs of their own, are no faults`(text: String)
    {
        #expect(Filter(text, in: .rejections).faults.isEmpty)
    }

    @Test func `every fault is named, in the order of the places`() {
        let filter = Filter("model:zz size:1 type:q -x:1", in: .packets)
        #expect(filter.faults.map(\.range.lowerBound) == [6, 21, 24])
    }

    @Test(arguments: FilterScope.allCases)
    func `a key works where it can match, and is a fault elsewhere`(scope: FilterScope) {
        let values: [FilterKey.Kind: String] = [
            .model: "0x10", .reason: "replay", .address: "10.", .text: "a", .number: ">1",
            .span: "<5s", .time: "5m",
        ]
        for key in FilterKey.allCases {
            let value = values[key.kind] ?? scope.names(of: key)?.first ?? "high"
            let filter = Filter("\(key.rawValue):\(value)", in: scope)
            #expect(filter.isValid == scope.keys.contains(key), "\(key) \(filter.faults)")
            guard let fault = filter.faults.first else { continue }
            #expect(fault.words.contains("can match nothing here"))
            for other in scope.keys { #expect(fault.words.contains(other.rawValue)) }
        }
    }

    @Test func `every key with names has them where it works`() {
        for scope in FilterScope.allCases {
            for key in scope.keys where key.kind == .name {
                #expect(scope.names(of: key)?.isEmpty == false, "\(key) in \(scope)")
            }
        }
    }

    @Test func `what looks like a secret is not repeated`() {
        let secret = String(repeating: "0a1b2c3d", count: 8)
        for text in ["\(secret):1", "model:\(secret)", "type:\(secret)", "reason:\(secret)"] {
            let words = Filter(text, in: .packets).faults.map(\.words).joined()
            #expect(!words.isEmpty && !words.contains("0a1b2c3d"))
        }
    }

    @Test func `a filter has an end`() {
        let most = "device:" + String(repeating: "x", count: Filter.maximumBytes - 7)
        #expect(Filter(most, in: .packets).isValid)
        let fault = Filter(most + "y", in: .packets).faults.first
        #expect(fault?.range == Filter.maximumBytes..<Filter.maximumBytes + 1)
        #expect(fault?.words.contains("at most 1024") == true)
        let values = Array(repeating: "a", count: Filter.maximumValues)
        for separator in [" ", ","] {
            let full = "device:" + values.joined(separator: separator)
            #expect(Filter(full, in: .packets).isValid)
            let more = Filter(full + separator + "b", in: .packets)
            #expect(more.faults.first?.range == full.utf8.count + 1..<full.utf8.count + 2)
            #expect(more.faults.first?.words.contains("at most 64") == true)
        }
    }
}
