import NanoCore

/// Reads the input as a capture file, whole and in small parts, and dissects the frames in it: what
/// comes out may not depend on the parts.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDump(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let file = Array(UnsafeBufferPointer(start: start, count: count))
    _ = CaptureFormat.recognise(file)
    let (packets, fault) = read(file, partBytes: count)
    for packet in packets { _ = Dissection(frame: packet.bytes, refusal: nil).lines }
    guard packets.count <= count else { fatalError("\(packets.count) packets in \(count) bytes") }
    let parts = read(file, partBytes: 13)
    guard parts.packets == packets, parts.fault == fault else {
        fatalError("\(packets)\n\(fault)\nbut in parts\n\(parts.packets)\n\(parts.fault)")
    }
    return 0
}

private func read(_ file: [UInt8], partBytes: Int) -> (packets: [CapturedPacket], fault: String) {
    var reader = CaptureReader()
    var packets: [CapturedPacket] = []
    do {
        for start in stride(from: 0, to: file.count, by: max(1, partBytes)) {
            reader.append(file[start..<min(file.count, start + partBytes)].span)
            while let packet = try reader.next() { packets.append(packet) }
        }
        try reader.finish()
    } catch {
        return (packets, error.description)
    }
    return (packets, "")
}
