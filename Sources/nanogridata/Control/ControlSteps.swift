import ArgumentParser
import NanoCore
import NanoServe

struct ControlPause: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Deliver nothing more to a route; its packets wait.",
        usage: "nanogridata ctl pause [<options>] <route>")

    @OptionGroup var admin: AdminOption
    @Argument(help: "Name of the route.") var route: String?

    func run() throws {
        try admin.perform(.pauseRoute(admin.named(route, in: "pause")))
    }
}

struct ControlResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Deliver to a route again, from where it stood.",
        usage: "nanogridata ctl resume [<options>] <route>")

    @OptionGroup var admin: AdminOption
    @Argument(help: "Name of the route.") var route: String?

    func run() throws {
        try admin.perform(.resumeRoute(admin.named(route, in: "resume")))
    }
}

struct ControlSkip: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Give up everything that waits for a route; it gets what comes from now on.",
        usage: "nanogridata ctl skip [<options>] <route>")

    @OptionGroup var admin: AdminOption
    @OptionGroup var consent: ConsentOption
    @Argument(help: "Name of the route.") var route: String?

    func run() throws {
        let route = try admin.named(route, in: "skip")
        let snapshot = try admin.look()
        let found =
            snapshot.routes.first { $0.name == route }?.waiting
            ?? snapshot.journal.unconfigured.first { $0.name == route }?.waiting
        let waiting = found.map { PlainWords.count($0, "packet") } ?? "everything"
        try consent.obtain(
            "give up \(waiting) waiting for \(SafeText.shortened(route, to: 64)), for good?")
        try admin.perform(.skipRoute(route))
    }
}

struct ControlStop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Drain and stop the gateway.")

    @OptionGroup var admin: AdminOption
    @OptionGroup var consent: ConsentOption

    func run() throws {
        let snapshot = try admin.look()
        let connections = PlainWords.count(UInt64(snapshot.connections.open), "connection")
        try consent.obtain("stop gateway \(snapshot.gateway.name)? \(connections) will end.")
        try admin.perform(.stop)
    }
}

extension AdminOption {
    /// The route that was named.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when none was; it says which there are, if a gateway
    ///   answers.
    fileprivate func named(_ route: String?, in command: String) throws -> String {
        if let route { return route }
        let names = ((try? look()) ?? Snapshot()).routes.map { SafeText.quotable($0.name, to: 60) }
        throw CommandFailure.misuse([
            "ctl \(command): name the route"
                + (names.isEmpty ? "" : "; there are \(PlainWords.list(names))")
                + "; see 'nanogridata ctl \(command) --help'"
        ])
    }
}
