import NanoCore

/// Reads the input as lines of hexadecimal digits, whole and byte by byte: what comes out may not
/// depend on it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLines(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let text = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = read([text])
    let single = read(text.map { [$0] })
    guard whole == single else { fatalError("\(whole)\nbut byte by byte\n\(single)") }
    return 0
}

private func read(_ blocks: [[UInt8]]) -> [String] {
    var lines: [String] = []
    var reader = HexLineReader()
    do {
        for block in blocks {
            try reader.read(block.span) { lines.append("\($0) \(Hexadecimal.text($1))") }
        }
        try reader.finish { lines.append("\($0) \(Hexadecimal.text($1))") }
    } catch let error as HexLineError {
        lines.append(error.description)
    } catch {
        fatalError("\(error)")
    }
    return lines
}
