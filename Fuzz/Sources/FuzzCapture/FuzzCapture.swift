import NanoCore

/// Reads the input as a capture file and puts together what devices sent in it, once with much room
/// and once with little.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCapture(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let file = Array(UnsafeBufferPointer(start: start, count: count))
    check(file, CaptureLimits())
    var narrow = CaptureLimits()
    narrow.connections = 2
    narrow.waitingBytesOfConnection = 200
    narrow.waitingBytes = 300
    check(file, narrow)
    return 0
}

/// Every connection begins, ends, and says nothing before or behind that; and nothing is handed out that
/// was not there.
private func check(_ file: [UInt8], _ limits: CaptureLimits) {
    var reader = CaptureReader()
    reader.append(file.span)
    var capture = CapturedConnections(port: 5_678, limits: limits)
    var open: Set<Int> = []
    var bytes = 0
    func take(_ event: CapturedEvent) {
        switch event {
        case .frame(let frame): bytes += frame.count
        case .began(let number, _, _):
            guard open.insert(number).inserted else { fatalError("\(number) begins twice") }
            guard open.count <= limits.connections else { fatalError("\(open.count) are open") }
        case .bytes(let number, let part):
            guard open.contains(number), !part.isEmpty else { fatalError("\(event)") }
            bytes += part.count
            _ = FrameSeeker().look(part.span, isLast: false)
        case .gap(let number, let missingBytes):
            guard open.contains(number), missingBytes > 0 else { fatalError("\(event)") }
        case .ended(let number, _):
            guard open.remove(number) != nil else { fatalError("\(number) ends twice") }
        }
    }
    while let packet = try? reader.next() { capture.take(packet, take) }
    capture.finish(take)
    guard open.isEmpty else { fatalError("\(open) never end") }
    guard bytes <= file.count else { fatalError("\(bytes) bytes of \(file.count)") }
    _ = capture.tally.words
}
