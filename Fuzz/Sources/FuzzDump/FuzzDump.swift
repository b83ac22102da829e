import NanoCore

/// Reads the input as a dump, and dissects what is in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDump(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let file = Array(UnsafeBufferPointer(start: start, count: count))
    var packets = 0
    do {
        try Pcapng.forEachPacket(in: file) { packet in
            packets += 1
            _ = Dissection(frame: packet.bytes, refusal: nil).lines
        }
    } catch let fault as PcapngError {
        _ = fault.description
    } catch {
        fatalError("\(error)")
    }
    guard packets <= count else { fatalError("\(packets) packets in \(count) bytes") }
    return 0
}
