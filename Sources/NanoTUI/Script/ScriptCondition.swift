import NanoCore

/// What a script can wait for, or expect: `route alba flowing`, `waiting alba < 100`, `accepted >= 500`.
struct ScriptCondition: Equatable, Sendable {
    /// A number that a snapshot has.
    enum Count: String, CaseIterable, Sendable {
        case accepted, refused, devices, alarms
        /// Of one route.
        case waiting
        case deadLetters = "dead-letters"

        var isOfRoute: Bool { self == .waiting || self == .deadLetters }
    }

    enum Comparison: String, CaseIterable, Sendable {
        case less = "<"
        case atMost = "<="
        case equal = "="
        case atLeast = ">="
        case more = ">"

        func holds(_ left: UInt64, _ right: UInt64) -> Bool {
            switch self {
            case .less: left < right
            case .atMost: left <= right
            case .equal: left == right
            case .atLeast: left >= right
            case .more: left > right
            }
        }
    }

    enum Subject: Equatable, Sendable {
        case route(String, RouteSnapshot.State)
        /// With the route that it is of.
        case count(Count, String?, Comparison, UInt64)
    }

    private static let states: [RouteSnapshot.State] = [
        .flowing, .idle, .paused, .retrying, .refusing,
    ]

    static let allowed =
        "allowed are route NAME STATE, waiting NAME < N, dead-letters NAME < N, and accepted, refused, "
        + "devices or alarms < N, with <, <=, =, >= or >"

    var subject: Subject

    /// - Throws: ``CommandFault``, whose range is of no use.
    init(_ words: [String], in context: CommandContext) throws(CommandFault) {
        func fault(_ words: String) -> CommandFault { CommandFault(words: words, range: 0..<0) }
        guard let first = words.first else { throw fault(Self.allowed) }
        if first == "route" {
            guard words.count == 3 else { throw fault(Self.allowed) }
            if let unknown = Parameter.Kind.route.fault(of: words[1], in: context, behind: []) {
                throw fault(unknown)
            }
            guard let state = RouteSnapshot.State(rawValue: words[2]) else {
                let names = Self.states.map(\.rawValue)
                throw fault(CommandFault.unknown(words[2], "state", among: names))
            }
            subject = .route(words[1], state)
            return
        }
        guard let count = Count(rawValue: first) else {
            throw fault("\(SafeText.shortened(first, to: 40)) cannot be looked at; \(Self.allowed)")
        }
        let rest = Array(words.dropFirst(count.isOfRoute ? 2 : 1))
        guard rest.count == 2, let comparison = Comparison(rawValue: rest[0]),
            let number = UInt64(rest[1])
        else { throw fault(Self.allowed) }
        if count.isOfRoute,
            let unknown = Parameter.Kind.route.fault(of: words[1], in: context, behind: [])
        {
            throw fault(unknown)
        }
        subject = .count(count, count.isOfRoute ? words[1] : nil, comparison, number)
    }

    func holds(_ snapshot: Snapshot) -> Bool {
        switch subject {
        case .route(let name, let state):
            snapshot.routes.first { $0.name == name }?.state == state
        case .count(let count, let route, let comparison, let number):
            comparison.holds(value(count, route, snapshot), number)
        }
    }

    /// What is there instead, in a sentence.
    func observed(_ snapshot: Snapshot) -> String {
        switch subject {
        case .route(let name, _):
            let state = snapshot.routes.first { $0.name == name }?.state
            return "\(SafeText.escaped(name)) is \(state?.rawValue ?? "not there any more")"
        case .count(let count, let route, _, _):
            let name = route.map { " \(SafeText.escaped($0))" } ?? ""
            return "\(count.rawValue)\(name) is \(value(count, route, snapshot))"
        }
    }

    private func value(_ count: Count, _ route: String?, _ snapshot: Snapshot) -> UInt64 {
        let route = snapshot.routes.first { $0.name == route }
        return switch count {
        case .accepted: snapshot.ledger.accepted
        case .refused: snapshot.ledger.refused
        case .devices: UInt64(snapshot.deviceCount)
        case .alarms: UInt64(snapshot.alarms.count)
        case .waiting: (route?.waiting ?? 0) + (route?.inFlight ?? 0)
        case .deadLetters: route?.deadLetters ?? 0
        }
    }
}
