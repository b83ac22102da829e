import NanoCore
import Testing

/// Which destinations a packet goes to.
@Suite struct RoutingRulesTests {
    static func names(_ rules: RoutingRules, _ type: PayloadType, _ model: ModelID) -> [String] {
        rules.destinations(type: type, model: model).indices.map { rules.destinations[$0] }
    }

    @Test(arguments: [
        (PayloadType.telemetry, "alba"), (.event, "alba"), (.calibration, "alba"),
        (.configuration, "cycle"), (.command, "local"),
    ])
    func `the protocol's own routes`(type: PayloadType, destination: String) throws {
        let rules = try RoutingRules(
            destinations: ["alba", "cycle", "local"], rules: RoutingRules.standard)
        for model in ModelID.builtIn + [ModelID(rawValue: 0)] {
            #expect(Self.names(rules, type, model) == [destination])
        }
    }

    @Test func `a packet goes to the destinations of every rule that matches`() throws {
        let rules = try RoutingRules(
            destinations: ["a", "b", "c"],
            rules: [
                .init(type: .telemetry, destinations: ["a"]),
                .init(type: .telemetry, models: [.asicMulti], destinations: ["c", "b"]),
                .init(type: .telemetry, models: [.asicMulti, .custom], destinations: ["b"]),
            ])
        #expect(Self.names(rules, .telemetry, .esp32Pressure) == ["a"])
        #expect(Self.names(rules, .telemetry, .asicMulti) == ["a", "b", "c"])
        #expect(Self.names(rules, .telemetry, .custom) == ["a", "b"])
        #expect(Self.names(rules, .event, .asicMulti).isEmpty)
    }

    @Test func `there can be 32 destinations and no more`() throws {
        let most = (0..<32).map { "d\($0)" }
        let rules = try RoutingRules(
            destinations: most, rules: [.init(type: .event, destinations: ["d31", "d0"])])
        #expect(Self.names(rules, .event, .custom) == ["d0", "d31"])
        #expect(throws: RoutingRulesError.tooManyDestinations(33)) {
            try RoutingRules(destinations: most + ["d32"], rules: [])
        }
    }

    @Test func `what no rule can mean is refused in one line`() {
        #expect(throws: RoutingRulesError.duplicateDestination("a")) {
            try RoutingRules(destinations: ["a", "b", "a"], rules: [])
        }
        let error = #expect(throws: RoutingRulesError.self) {
            try RoutingRules(
                destinations: ["alba", "cycle"],
                rules: [.init(type: .event, destinations: ["al\u{1B}ba"])])
        }
        #expect(
            error?.description == #"no destination is named 'al\u{1B}ba', there are alba, cycle"#)
    }
}
