import NanoCore

extension Gateway {
    /// Notes who looks after an alarm; nil for nobody any more.
    func acknowledge(_ id: String, by actor: AuditActor?) -> CommandResult {
        let acknowledgement = actor.map {
            AlarmAcknowledgement(by: $0.shortName, unixMilliseconds: Moment.now.unixMilliseconds)
        }
        let (alarm, standing) = status.withLock { status in
            (status.board.acknowledge(id, acknowledgement), status.board.alarms.map(\.id))
        }
        guard let alarm else {
            let known =
                standing.isEmpty ? "none stands" : "there are \(standing.joined(separator: ", "))"
            return .failed("there is no alarm \(SafeText.shortened(id, to: 80)); \(known)")
        }
        return .done(
            acknowledgement.map { "\(alarm.title): \($0.by) looks after it" }
                ?? "\(alarm.title): nobody looks after it any more")
    }
}

extension AuditActor {
    /// `ann`, or `root for ann` behind sudo.
    var shortName: String {
        let name = user.isEmpty ? "user \(uid)" : user
        return sudoUser.map { "\(name) for \($0)" } ?? name
    }
}
