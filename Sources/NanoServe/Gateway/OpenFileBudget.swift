/// How many device connections the system's limit of open files leaves room for.
///
/// Deliveries, monitoring and the state folder need files too. Without a share that is kept for them
/// a crowd of devices would take all, and the gateway could neither deliver nor be asked why.
struct OpenFileBudget {
    /// Device connections at once, at most.
    let connections: Int
    /// What to tell the operator; nil when there is room for all that is wanted.
    let notice: String?

    /// Files for the log, the state folder, event loops and consoles, and for connections that are on
    /// their way out or have not said yet for whom they come.
    private static let ownFiles = 160 + ConnectionGate.beyondLimit

    /// Raises the soft limit of the process as far as it is needed and allowed.
    ///
    /// - Parameters:
    ///   - wanted: Device connections at once.
    ///   - others: Files that deliveries, simulated devices, and clients of monitoring and of
    ///     embedded receivers need.
    init(wanted: Int, others: Int) {
        self.init(
            wanted: wanted, others: others,
            limit: OpenFiles.raiseLimit(to: wanted + others + Self.ownFiles).soft)
    }

    /// - Parameter limit: Open files that the process may have.
    init(wanted: Int, others: Int, limit: Int) {
        // A gateway without any device would be of no use, whatever is left over.
        connections = min(wanted, max(limit / 4, limit - others - Self.ownFiles))
        notice =
            connections < wanted
            ? "the limit of \(limit) open files leaves room for \(connections) device connections, "
                + "not \(wanted); raise it (ulimit -Hn, LimitNOFILE=) or lower "
                + "devices.max_connections"
            : nil
    }
}
