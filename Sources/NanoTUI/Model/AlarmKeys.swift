import NanoCore

extension ConsoleModel {
    /// Says who looks after the alarm under the cursor, or takes it back.
    mutating func acknowledgeAlarm() -> [Effect] {
        selectedAlarm.map { acknowledge($0) } ?? []
    }

    mutating func acknowledge(_ alarm: AlarmSnapshot) -> [Effect] {
        guard alarm.endedUnixMilliseconds == nil else {
            say("\(alarm.title) is over; there is nothing to look after", isFault: true)
            return []
        }
        return [
            .perform(
                alarm.acknowledgement == nil ? .acknowledgeAlarm(alarm.id) : .reopenAlarm(alarm.id))
        ]
    }
}
