import Synchronization

/// The consoles that are attached, and which of them steer: the first does, the others when they ask.
/// Where the gateway has a console of its own, that is the first.
///
/// A console has several connections, by one name; it is there as long as one of them is.
final class AdminConsoles: Sendable {
    private struct Console {
        /// Who sits at it, for the others.
        var operatorName: String
        var connections = 1
        var steers: Bool
    }

    private let consoles = Mutex<[String: Console]>([:])
    /// Who sits at the gateway's own console; nil where it has none.
    private let ownOperator: String?

    init(ownOperator: String? = nil) {
        self.ownOperator = ownOperator
    }

    /// Takes note of a connection.
    ///
    /// - Parameters:
    ///   - wantsToSteer: Whether it steers if no other does.
    /// - Returns: Whether it steers.
    func enter(_ name: String, operatorName: String, wantsToSteer: Bool) -> Bool {
        consoles.withLock { consoles in
            if let known = consoles[name] {
                consoles[name]?.connections += 1
                return known.steers
            }
            let isFirst = ownOperator == nil && !consoles.values.contains { $0.steers }
            let steers = wantsToSteer && isFirst
            consoles[name] = Console(operatorName: operatorName, steers: steers)
            return steers
        }
    }

    /// A connection has ended. When that was the one that steered, the others go on looking.
    func leave(_ name: String) {
        consoles.withLock { consoles in
            consoles[name]?.connections -= 1
            if consoles[name]?.connections == 0 { consoles[name] = nil }
        }
    }

    func steers(_ name: String) -> Bool {
        consoles.withLock { $0[name]?.steers ?? false }
    }

    func elevate(_ name: String) {
        consoles.withLock { $0[name]?.steers = true }
    }

    /// Who steers besides a console; nil where nobody does.
    func steerer(besides name: String) -> String? {
        ownOperator
            ?? consoles.withLock { consoles in
                consoles.filter { $0.key != name && $0.value.steers }.map(\.value.operatorName)
                    .min()
            }
    }
}
