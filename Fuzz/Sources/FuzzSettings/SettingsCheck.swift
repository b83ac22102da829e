@testable import NanoServe

/// Reads the input as a configuration file: it is taken, or each mistake is told in a line.
enum SettingsCheck {
    static func run(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
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
    }
}
