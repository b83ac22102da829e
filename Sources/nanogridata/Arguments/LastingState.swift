import Foundation
import NanoServe
import NanoTUI

/// What consoles of this user begin with, and leave for later ones.
struct LastingState {
    private let file: ConsoleStateFile

    init(environment: [String: String]) {
        file = ConsoleStateFile(environment: environment)
    }

    /// Adds what lasts to a console's options, and how it is kept.
    func complete(_ options: inout ConsoleOptions) {
        guard let path = file.path else { return }
        do {
            let saved = try LastingFile(file.read(), file: path)
            options.lasting = saved.settings
            options.faults += saved.faults
        } catch {
            options.faults.append("\(error); the console is as it comes")
        }
        let file = file
        options.keep = { old, new in
            try file.update { bytes in
                try LastingFile(bytes, file: path).bytes(changing: old, to: new)
            }
        }
    }
}
