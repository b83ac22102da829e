import ArgumentParser
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

    func run() throws {
        let standings = try told { try RegistryFile(stateFolder: folder.path).read() }
        let strangers = try told { try WaitingFile(stateFolder: folder.path).read() }
            .filter { standings[$0.name] == nil }
        let heard = Dictionary(
            (try told { try AdoptionFile(stateFolder: folder.path).read() }?.devices ?? [])
                .map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let decided = waiting ? [] : standings.sorted { $0.key < $1.key }
        let table = TextTable(
            columns: [
                .init("standing"), .init("model"), .init("device"),
                .init("first seen", importance: 3), .init("last seen", importance: 1),
                .init("frames", importance: 4), .init("gen", importance: 2),
                .init("address", importance: 5),
            ],
            rows: strangers.map(Self.row)
                + decided.map { Self.row($0.key, $0.value, heard[$0.key]) })
        for line in table.lines(width: OutputStream.terminalColumns) { print(line) }
    }

    private static func row(_ row: RegistryRow) -> [String] {
        [
            "waiting", "\(row.name.model)", shown(row.name.id), time(row.firstSeenUnixMilliseconds),
            time(row.lastSeenUnixMilliseconds), "\(row.frames)", "\(row.generation)",
            SafeText.escaped(row.address),
        ]
    }

    private static func row(
        _ name: DeviceName, _ standing: DeviceStanding, _ heard: DeviceSnapshot?
    ) -> [String] {
        [
            standing.rawValue, "\(name.model)", shown(name.id), "-",
            heard.map { time($0.lastSeenUnixMilliseconds) } ?? "-", "-",
            heard.map { "\($0.generation)" } ?? "-", "-",
        ]
    }

    private static func shown(_ id: String) -> String {
        id.isEmpty ? "(no id)" : SafeText.escaped(id)
    }

    private static func time(_ unixMilliseconds: Int64) -> String {
        Timestamp.short(unixSeconds: unixMilliseconds / 1_000)
    }
}
