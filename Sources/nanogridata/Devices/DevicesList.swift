import ArgumentParser
import Foundation
import NanoCore
import NanoServe
import NanoTUI

struct DevicesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print who waits, who is known, and who is turned away.")

    @OptionGroup var folder: StateFolderOption

    @Flag(help: "Only devices that wait for approval.")
    var waiting = false
    @Option(help: "A table, or a JSON object a line.") var format = DevicesCommand.Format.text

    func run() throws {
        let rows = try rows()
        switch format {
        case .text where rows.isEmpty: print(try nobody)
        case .text: for line in Self.table(rows) { print(line) }
        case .json: for row in rows { print(Self.json(row)) }
        }
    }

    /// The devices, by model and id.
    private func rows() throws -> [RegistryRow] {
        let strangers = try folder.waiting()
        guard !waiting else { return strangers }
        let standings = try told { try RegistryFile(stateFolder: folder.path).read() }
        let heard = Dictionary(
            (try told { try AdoptionFile(stateFolder: folder.path).read() }?.devices ?? [])
                .map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let decided = standings.map { name, standing in
            var row = RegistryRow(name: name, standing: standing)
            row.lastSeenUnixMilliseconds = heard[name]?.lastSeenUnixMilliseconds ?? 0
            row.generation = heard[name]?.generation ?? 0
            return row
        }
        return (strangers + decided).sorted { $0.name < $1.name }
    }

    /// Why nobody is listed, as far as that is known.
    private var nobody: String {
        get throws {
            if waiting { return "nobody waits for approval" }
            let settings = try? Settings.load(
                arguments: SettingsOverrides(),
                environment: ProcessInfo.processInfo.environment, configFile: folder.config)
            // What is wrong with the settings is for check-config to say.
            let known = UInt64(settings?.ingress.registry.known.count ?? 0)
            let sentence =
                "nobody is in the registry"
                + (known > 0
                    ? ", besides \(PlainWords.count(known, "device")) of devices.known" : "")
            let heard = try told { try AdoptionFile(stateFolder: folder.path).read() }
            // The gateway's own configuration counts, whatever this command finds for one.
            let configured = settings?.ingress.registry.isClosed
            guard
                let isClosed = try runningRegistry?.isClosed
                    ?? (folder.config != nil ? configured : heard?.isRegistryClosed ?? configured)
            else {
                return sentence + "; whether it is open is not known, since the configuration "
                    + "cannot be read: `nanogridata check-config` says why"
            }
            guard !isClosed else { return sentence + ", and nobody waits to be heard" }
            let count = UInt64(Set((heard?.devices ?? []).map(\.name)).count)
            let adopted =
                count > 0
                ? "`nanogridata devices adopt` puts the \(PlainWords.count(count, "device")) heard "
                    + "within a day here, and " : ""
            return sentence + ", which is open, so that every device is heard; \(adopted)"
                + "Devices in the console (`nanogridata attach`) shows who is heard"
        }
    }

    /// What a running gateway goes by; nil where none answers in time.
    private var runningRegistry: RegistrySnapshot? {
        get throws {
            let socket = try folder.adminSocket
            return try? AdminClient(path: socket, role: .observer, seconds: 2).snapshot([]).registry
        }
    }

    private static func table(_ rows: [RegistryRow]) -> [String] {
        TextTable(
            columns: [
                .init("standing"), .init("model"), .init("device"),
                .init("first seen", importance: 3), .init("last seen", importance: 1),
                .init("frames", importance: 4), .init("gen", importance: 2),
                .init("address", importance: 5),
            ],
            rows: rows.map { row in
                [
                    row.word, "\(row.name.model)",
                    row.name.id.isEmpty ? "(no id)" : SafeText.escaped(row.name.id),
                    time(row.firstSeenUnixMilliseconds), time(row.lastSeenUnixMilliseconds),
                    row.standing == nil ? "\(row.frames)" : "-",
                    row.generation > 0 ? "\(row.generation)" : "-",
                    row.address.isEmpty ? "-" : SafeText.escaped(row.address),
                ]
            }
        ).lines(width: OutputStream.terminalColumns)
    }

    private static func time(_ unixMilliseconds: Int64) -> String {
        unixMilliseconds > 0 ? Timestamp.short(unixSeconds: unixMilliseconds / 1_000) : "-"
    }

    /// What is not known of a device is left out.
    private static func json(_ row: RegistryRow) -> String {
        let json = JSONBody.object { body in
            body.set("standing", row.word)
            body.set("model", "\(row.name.model)")
            body.set("device", row.name.id)
            let times = [
                ("first_seen", row.firstSeenUnixMilliseconds),
                ("last_seen", row.lastSeenUnixMilliseconds),
            ]
            for (name, time) in times where time > 0 { body.set(name, Timestamp.iso8601(time)) }
            if row.standing == nil { body.set("frames", row.frames) }
            if row.generation > 0 { body.set("generation", row.generation) }
            if !row.address.isEmpty { body.set("address", row.address) }
        }
        return String(decoding: json, as: UTF8.self)
    }
}

extension StateFolderOption {
    /// Devices that wait for approval, by model and id, as a gateway has written them down.
    func waiting() throws -> [RegistryRow] {
        let standings = try told { try RegistryFile(stateFolder: path).read() }
        return try told { try WaitingFile(stateFolder: path).read() }
            .filter { standings[$0.name] == nil }.sorted { $0.name < $1.name }
    }
}

extension RegistryRow {
    fileprivate var word: String { standing?.rawValue ?? "waiting" }
}
