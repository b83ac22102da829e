import ArgumentParser
import Foundation
import NanoServe

/// Which running gateway is meant.
struct AdminOption: ParsableArguments {
    @OptionGroup var folder: StateFolderOption

    @Option(
        help: """
            The gateway's admin socket. Default: that of NANOGRIDATA_ADMIN_SOCKET, else admin.sock \
            in the state folder.
            """)
    var socket: String?

    /// Where the socket is.
    var path: String {
        var settings = Settings.Admin()
        let variable = ProcessInfo.processInfo.environment["NANOGRIDATA_ADMIN_SOCKET"]
        settings.socket = socket ?? variable.flatMap { $0.isEmpty ? nil : $0 }
        return settings.path(inFolder: folder.path)
    }

    /// Connects.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when no gateway answers.
    func connect() throws -> AdminClient {
        do {
            return try AdminClient(path: path)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }
}
