import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Which running gateway is meant.
struct AdminOption: ParsableArguments {
    @OptionGroup var folder: StateFolderOption

    @Option(
        help: """
            The gateway's admin socket. Default: that of NANOGRIDATA_ADMIN_SOCKET, of admin.socket in \
            the configuration file, or admin.sock in the state folder.
            """)
    var socket: String?

    /// Where the socket is.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when the file that would say so cannot be read.
    var path: String {
        get throws {
            if let socket { return socket }
            return try folder.adminSocket
        }
    }

    /// - Parameter place: Where the socket is, said without an option.
    /// - Throws: `ValidationError` where an option says where it is, too.
    func expectNone(besides place: String) throws {
        let others = [
            ("--socket", socket), ("--state-dir", folder.stateDir ?? folder.state),
            ("--config", folder.config),
        ]
        if let other = others.first(where: { $0.1 != nil })?.0 {
            let shown = SafeText.quotable(place, to: 4_096)
            throw ValidationError("\(shown): \(other) says where the socket is, too; say it once")
        }
        guard place.isEmpty else { return }
        throw ValidationError("the name of the socket is empty")
    }

    /// Connects.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when no gateway answers, with 2 when none could there.
    func connect() throws -> AdminClient {
        let path = try path
        do {
            return try AdminClient(path: path)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    /// What is wrong at the admin socket.
    init(_ fault: AdminFault) {
        self = fault.isMisconfiguration ? .misuse(["\(fault)"]) : .failed("\(fault)")
    }
}

extension StateFolderOption {
    /// Whether a gateway works with the folder.
    var isHeld: Bool {
        get throws { StateFolder.isHeld(try wantedPath) }
    }

    /// Where the admin socket of the gateway is that works with the folder.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when the file that would say so cannot be read.
    var adminSocket: String {
        get throws {
            let environment = ProcessInfo.processInfo.environment
            if let variable = environment["NANOGRIDATA_ADMIN_SOCKET"], !variable.isEmpty {
                return variable
            }
            var settings = Settings.Admin()
            // Whoever names a state folder means the gateway that works with it.
            if stateDir ?? state == nil {
                do {
                    settings.socket = try Settings.Admin.socket(
                        environment: environment, configFile: config)
                } catch {
                    throw CommandFailure.misuse(error.lines)
                }
            }
            return try settings.path(inFolder: wantedPath)
        }
    }
}
