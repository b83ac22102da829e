import ArgumentParser
import Foundation
import NanoCore
import NanoServe
import NanoTUI

/// Whether all is well, and what stands.
struct ControlStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the gateway is, and its alarms (the default).",
        discussion: "With --format json, what /stats answers.")

    @OptionGroup var admin: AdminOption
    @Option(help: "text or json.") var format = ControlCommand.Format.text

    func run() throws {
        let snapshot = try admin.look()
        switch format {
        case .json: print(String(decoding: Statistics.json(snapshot), as: UTF8.self))
        case .text: Self.lines(snapshot).forEach { print($0) }
        }
    }

    static func lines(_ snapshot: Snapshot) -> [String] {
        let gateway = snapshot.gateway
        let ledger = snapshot.ledger
        let reason = gateway.stateReason.isEmpty ? "" : ": \(gateway.stateReason)"
        let facts = [
            ("gateway", "\(gateway.name), version \(gateway.version)"),
            ("state", gateway.state.rawValue + reason),
            ("up", PlainWords.time(seconds: gateway.uptimeSeconds)),
            (
                "devices",
                "\(PlainWords.count(UInt64(snapshot.deviceCount))) seen, "
                    + "\(PlainWords.count(UInt64(snapshot.connections.open), "connection")) open, "
                    + "port \(gateway.devicePort)"
            ),
            (
                "packets",
                "\(PlainWords.count(ledger.received)) received, "
                    + "\(PlainWords.count(ledger.accepted)) accepted, "
                    + "\(PlainWords.count(ledger.refused)) refused"
            ),
            (
                "journal",
                "\(PlainWords.bytes(snapshot.journal.usedBytes)) of "
                    + PlainWords.bytes(snapshot.journal.budgetBytes)
                    + (snapshot.journal.durability.map { ", durability \($0)" } ?? "")
                    + (snapshot.journal.expires
                        ? "; when full, the oldest packets expire"
                        : "; when full, devices have to wait")
            ),
        ]
        let width = 9
        var lines = facts.map { name, text in
            name + String(repeating: " ", count: width - name.count) + SafeText.escaped(text)
        }
        lines += ["", "routes"] + ControlRoutes.table(snapshot)
        lines += ["", snapshot.alarms.isEmpty ? "no alarms" : "alarms"]
        // `ctl acknowledge` wants the id.
        lines += snapshot.alarms.map { alarm in
            SafeText.escaped(
                "  \(Timestamp.iso8601(alarm.unixMilliseconds))  \(alarm.severity.rawValue)  "
                    + "\(alarm.id)  \(alarm.title): \(alarm.text)")
        }
        return lines
    }
}

/// The destinations, a line each.
struct ControlRoutes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "List the destinations and what waits for them.",
        discussion: "With --format json, each as /stats has it, an object a line.")

    @OptionGroup var admin: AdminOption
    @Option(help: "text or json.") var format = ControlCommand.Format.text

    func run() throws {
        let snapshot = try admin.look()
        switch format {
        case .json:
            for route in snapshot.routes {
                print(String(decoding: Statistics.json(route), as: UTF8.self))
            }
        case .text: Self.table(snapshot).forEach { print($0) }
        }
    }

    /// Those that are not configured and for which packets wait are the last.
    static func table(_ snapshot: Snapshot) -> [String] {
        TextTable(
            columns: [
                .init("route", least: 8), .init("state"), .init("waiting"),
                .init("in flight", importance: 2), .init("delivered", importance: 1),
                .init("dead", importance: 3), .init("expired", importance: 4),
                .init("last error", least: 12, importance: 5),
            ],
            rows: snapshot.routes.map { route in
                [
                    route.name, route.state.rawValue, Numbers.grouped(route.waiting),
                    Numbers.grouped(route.inFlight), Numbers.grouped(route.delivered),
                    Numbers.grouped(route.deadLetters), Numbers.grouped(route.expired),
                    route.lastError.isEmpty ? "-" : route.lastError,
                ]
            } + snapshot.journal.unconfigured.filter { $0.waiting > 0 }.map(unconfigured)
        ).lines(width: OutputStream.terminalColumns)
    }

    private static func unconfigured(_ route: UnconfiguredRoute) -> [String] {
        [
            SafeText.shortened(route.name, to: 64), "not configured",
            Numbers.grouped(route.waiting), "-", "-", "-", Numbers.grouped(route.expiredBy.total),
            "-",
        ]
    }
}
