import Foundation
import NanoCore

/// The generations of one model's secret that its devices use, as a row.
struct AdoptionRow: AdminRow {
    let model: ModelID
    let adoption: SecretAdoption

    var key: ModelID { model }
}

/// The long lists of a snapshot, which an answer leaves out where they are as the asker holds them.
enum AdminLists {
    /// The lists as the gateway has told them last.
    struct Told {
        private var devices = RowVersions<DeviceSnapshot>()
        private var former = RowVersions<DeviceSnapshot>()
        private var adoptions = RowVersions<AdoptionRow>()
        private var packets = RowVersions<PacketRecord>()
        private var rejections = RowVersions<PacketRecord>()
        private var log = RowVersions<LogLine>()
        private var audit = RowVersions<AuditSnapshot>()
        private var revision: UInt64 = 0

        /// Takes the lists out of a snapshot.
        mutating func take(_ snapshot: inout Snapshot, _ parts: SnapshotParts) {
            revision += 1
            if parts.contains(.devices) {
                devices.take(snapshot.devices, revision: revision)
                former.take(snapshot.formerDevices ?? [], revision: revision)
                let rows = snapshot.adoptions.map { AdoptionRow(model: $0, adoption: $1) }
                adoptions.take(rows.sorted { $0.model < $1.model }, revision: revision)
            }
            if parts.contains(.packets) { packets.take(snapshot.packets, revision: revision) }
            if parts.contains(.rejections) {
                rejections.take(snapshot.rejections, revision: revision)
            }
            if parts.contains(.log) { log.take(snapshot.log, revision: revision) }
            if parts.contains(.audit) { audit.take(snapshot.audit, revision: revision) }
            (snapshot.devices, snapshot.formerDevices, snapshot.adoptions) = ([], nil, [:])
            (snapshot.packets, snapshot.rejections) = ([], [])
            (snapshot.log, snapshot.audit) = ([], [])
        }

        /// What has changed of them, as JSON of ``News``.
        ///
        /// - Parameter held: The numbers of those that the asker holds, by their names.
        mutating func json(_ parts: SnapshotParts, since held: [String: UInt64]) throws -> Data {
            var fields: [Data] = []
            func add<Row>(_ name: News.CodingKeys, _ list: inout RowVersions<Row>) throws {
                guard let json = try list.json(since: held[name.rawValue]) else { return }
                fields.append(Data("\"\(name.rawValue)\":".utf8) + json)
            }
            if parts.contains(.devices) {
                try add(.devices, &devices)
                try add(.former, &former)
                try add(.adoptions, &adoptions)
            }
            if parts.contains(.packets) { try add(.packets, &packets) }
            if parts.contains(.rejections) { try add(.rejections, &rejections) }
            if parts.contains(.log) { try add(.log, &log) }
            if parts.contains(.audit) { try add(.audit, &audit) }
            return Data("{".utf8) + Data(fields.joined(separator: Data(",".utf8)))
                + Data("}".utf8)
        }
    }

    /// What has changed of the lists since those that the asker holds; those that have not are absent.
    struct News: Codable, Sendable {
        var devices: RowChanges<DeviceSnapshot>?
        var former: RowChanges<DeviceSnapshot>?
        var adoptions: RowChanges<AdoptionRow>?
        var packets: RowChanges<PacketRecord>?
        var rejections: RowChanges<PacketRecord>?
        var log: RowChanges<LogLine>?
        var audit: RowChanges<AuditSnapshot>?

        enum CodingKeys: String, CodingKey {
            case devices
            case former = "former_devices"
            case adoptions, packets, rejections, log, audit
        }
    }

    /// The lists as somebody holds them who looks again and again.
    struct Held: Sendable {
        private typealias List<Row> = (revision: UInt64, rows: [Row])

        private var devices: List<DeviceSnapshot>?
        private var former: List<DeviceSnapshot>?
        private var adoptions: List<AdoptionRow>?
        private var packets: List<PacketRecord>?
        private var rejections: List<PacketRecord>?
        private var log: List<LogLine>?
        private var audit: List<AuditSnapshot>?

        /// Their numbers, by their names.
        var revisions: [String: UInt64] {
            let numbers: [(News.CodingKeys, UInt64?)] = [
                (.devices, devices?.revision), (.former, former?.revision),
                (.adoptions, adoptions?.revision), (.packets, packets?.revision),
                (.rejections, rejections?.revision), (.log, log?.revision),
                (.audit, audit?.revision),
            ]
            var held: [String: UInt64] = [:]
            for (name, revision) in numbers { held[name.rawValue] = revision }
            return held
        }

        /// Takes in what has changed.
        ///
        /// - Throws: ``AdminFault`` when it does not fit.
        mutating func take(_ news: News) throws(AdminFault) {
            func renew<Row>(_ list: inout List<Row>?, _ changes: RowChanges<Row>?)
                throws(AdminFault)
            {
                guard let changes else { return }
                list = (changes.revision, try changes.applied(to: list))
            }
            try renew(&devices, news.devices)
            try renew(&former, news.former)
            try renew(&adoptions, news.adoptions)
            try renew(&packets, news.packets)
            try renew(&rejections, news.rejections)
            try renew(&log, news.log)
            try renew(&audit, news.audit)
        }

        /// Puts them where a snapshot has them.
        func fill(_ snapshot: inout Snapshot, _ parts: SnapshotParts) {
            if parts.contains(.devices) {
                snapshot.devices = devices?.rows ?? []
                snapshot.formerDevices = former?.rows
                for row in adoptions?.rows ?? [] {
                    snapshot.adoptions[row.model] = row.adoption
                }
            }
            if parts.contains(.packets) { snapshot.packets = packets?.rows ?? [] }
            if parts.contains(.rejections) { snapshot.rejections = rejections?.rows ?? [] }
            if parts.contains(.log) { snapshot.log = log?.rows ?? [] }
            if parts.contains(.audit) { snapshot.audit = audit?.rows ?? [] }
        }
    }
}
