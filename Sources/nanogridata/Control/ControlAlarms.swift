import ArgumentParser
import NanoCore
import NanoServe

/// What stands, and who looks after it.
struct ControlAlarms: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms", abstract: "List the alarms that stand, each with its id.",
        usage: "nanogridata ctl alarms [<options>]")

    @OptionGroup var admin: AdminOption
    @Option(help: "text or json.") var format = ControlCommand.Format.text

    func run() throws {
        let alarms = try admin.look().alarms
        switch format {
        case .json: print(String(decoding: Statistics.json(alarms), as: UTF8.self))
        case .text:
            if alarms.isEmpty { print("no alarms") }
            for alarm in alarms { Self.lines(alarm).forEach { print($0) } }
        }
    }

    private static func lines(_ alarm: AlarmSnapshot) -> [String] {
        let keeper = alarm.acknowledgement.map {
            ", \($0.by) looks after it since \(Timestamp.iso8601($0.unixMilliseconds))"
        }
        return [
            "\(alarm.id)  \(alarm.severity.rawValue) since "
                + Timestamp.iso8601(alarm.unixMilliseconds) + (keeper ?? ""),
            "    \(alarm.title): \(alarm.text)",
        ].map(SafeText.escaped)
    }
}

struct ControlAcknowledge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Say that you look after an alarm, until it ends or becomes worse.")

    @OptionGroup var admin: AdminOption
    @Argument(help: "Id of the alarm, as `ctl alarms` lists it.") var alarm: String

    func run() throws {
        try admin.perform(.acknowledgeAlarm(alarm))
    }
}

struct ControlReopen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen", abstract: "Take back that somebody looks after an alarm.")

    @OptionGroup var admin: AdminOption
    @Argument(help: "Id of the alarm, as `ctl alarms` lists it.") var alarm: String

    func run() throws {
        try admin.perform(.reopenAlarm(alarm))
    }
}
