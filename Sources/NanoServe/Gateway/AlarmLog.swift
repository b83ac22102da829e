import Logging
import NanoCore

extension AlarmBoard.Change {
    /// Writes one line: alarms that call for somebody as warnings, everything else for the record.
    func write(to logger: Logger) {
        switch self {
        case .began(let alarm):
            logger.log(
                level: alarm.severity == .notice ? .info : .warning,
                "alarm: \(alarm.title): \(alarm.text)", metadata: ["alarm": "\(alarm.id)"])
        case .ended(let alarm):
            let ended = alarm.endedUnixMilliseconds ?? alarm.unixMilliseconds
            logger.info(
                "alarm ended: \(alarm.title)",
                metadata: [
                    "alarm": "\(alarm.id)",
                    "seconds": "\((ended - alarm.unixMilliseconds) / 1_000)",
                ])
        }
    }
}
