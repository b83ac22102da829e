import Hummingbird
import NanoCore

/// The lists of `/devices`, `/packets` and `/rejections` as JSON, newest first.
struct RowLists {
    let snapshot: Snapshot
    let query: ListQuery
    /// Whether what devices send may be shown.
    let showsPayloads: Bool

    private var now: Int64 { snapshot.gateway.unixMilliseconds }

    var devices: Response {
        let matching = snapshot.devices
            .filter { query.filter.matches(FilterSubject($0, now: now), now: now) }
            .sorted { ($1.lastHeard, $0.name) < ($0.lastHeard, $1.name) }
        return answer("devices", matching, of: snapshot.devices.count) { device, body in
            body.set("model", device.model.description)
            body.set("device", SafeText.escaped(device.id))
            body.set("state", DeviceState(of: device, now: now).rawValue)
            body.set("address", device.address)
            if let address = device.firstAddress { body.set("first_address", address) }
            body.set("generation", device.generation)
            body.set("packets_per_s", device.packetsPerSecond)
            body.set("accepted", device.accepted)
            if let bytes = device.bytes { body.set("bytes", bytes) }
            body.set("refused", device.refused)
            body.set("clock_offset_s", device.clockOffsetSeconds)
            body.set("first_seen", Timestamp.iso8601(device.firstSeenUnixMilliseconds))
            body.set("last_seen", Timestamp.iso8601(device.lastSeenUnixMilliseconds))
        }
    }

    var packets: Response {
        records("packets", snapshot.packets) { record, body in
            guard showsPayloads else { return }
            let packet = record.packet
            guard let bounds = FrameBounds(packet: packet.indices, in: packet.span) else { return }
            var json: [UInt8] = []
            JSONWriter.write(cbor: packet.span, bounds.content, into: &json)
            body.set("payload", encoded: json)
        }
    }

    var rejections: Response {
        records("rejections", snapshot.rejections) { record, body in
            guard let refusal = record.refusal else { return }
            body.set("reason", refusal.reason.name)
            // What was found in a payload is what the device sends.
            if showsPayloads || refusal.reason.stage != .payload {
                var json: [UInt8] = []
                refusal.writeFacts(into: &json)
                body.set("facts", encoded: json)
                body.set("words", SafeText.escaped(refusal.words))
            } else {
                body.set("facts") { $0.set("detail", refusal.detail.name) }
            }
            if let diagnosis = record.diagnosis {
                body.set("diagnosis", SafeText.escaped(diagnosis))
            }
            if showsPayloads { body.set("frame", Hexadecimal.text(record.bytes)) }
        }
    }

    private func records(
        _ name: String, _ records: [PacketRecord],
        _ build: (PacketRecord, inout JSONBody) -> Void
    ) -> Response {
        let matching = records.reversed().filter {
            query.filter.matches(FilterSubject($0), now: now)
        }
        return answer(name, matching, of: records.count) { record, body in
            body.set("id", record.id)
            body.set("time", Timestamp.iso8601(record.unixMilliseconds))
            body.set("address", record.address)
            if let model = record.model { body.set("model", model.description) }
            if let device = record.deviceID { body.set("device", SafeText.escaped(device)) }
            if let header = FrameBounds(readingAt: 0, in: record.bytes.span)?.header {
                body.set("type", header.type.name)
                body.set("level", header.level.name)
                body.set("timestamp", Int(header.timestamp))
            }
            body.set("bytes", record.bytes.count)
            build(record, &body)
        }
    }

    /// - Parameters:
    ///   - matching: All rows that match, the newest first.
    ///   - count: Rows that there are.
    private func answer<Row>(
        _ name: String, _ matching: [Row], of count: Int, _ build: (Row, inout JSONBody) -> Void
    ) -> Response {
        .json { body in
            body.set("time", Timestamp.iso8601(now))
            body.set("kept", count)
            body.set("matching", matching.count)
            body.set(name, list: matching.prefix(query.limit), build)
        }
    }
}
