import Logging
import NanoCore

extension AlarmBoard.Change {
    /// Writes one line, at the level of the alarm's severity; its end is for the record.
    func write(to logger: Logger) {
        switch self {
        case .began(let alarm):
            logger.log(
                level: alarm.severity.logLevel, "alarm: \(alarm.title): \(alarm.text)",
                metadata: ["alarm": "\(alarm.id)"])
        case .ended(let alarm):
            logger.info(
                "alarm ended: \(alarm.title)",
                metadata: [
                    "alarm": "\(alarm.id)",
                    "seconds": "\(Int(alarm.lastedSeconds ?? 0))",
                ])
        }
    }
}

extension AlarmSnapshot.Severity {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .notice: .notice
        case .warning: .warning
        case .critical: .critical
        }
    }
}
