@testable import NanoServe

/// Reads the input as a configuration file: it is taken, or each mistake is told in a line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do {
        let file = try SettingsFile(path: "n.yaml", text: text)
        let settings = try Settings.load(
            arguments: SettingsOverrides(), environment: ["HOME": "/nowhere"], file: file)
        _ = settings.summary
    } catch {
        guard !error.lines.isEmpty, !error.lines.contains(where: { $0.contains("\n") }) else {
            fatalError("no lines for an operator: \(error.lines)")
        }
    }
    return 0
}
