import NanoTUI

/// Reads the input as a theme: one that can be read has a colour for every key, one that can't is
/// told of in a line with file and line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTheme(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do {
        _ = try Theme(name: "t", text: text, file: "t.theme")
    } catch {
        guard error.description.hasPrefix("t.theme:"), !error.description.contains("\n") else {
            fatalError("no line for an operator: \(error.description)")
        }
    }
    return 0
}
