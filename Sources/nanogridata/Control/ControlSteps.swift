import ArgumentParser
import NanoCore
import NanoServe

struct ControlPause: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Deliver nothing more to a route; its packets wait.")

    @OptionGroup var admin: AdminOption
    @Argument(help: "Name of the route.") var route: String

    func run() throws {
        try admin.perform(.pauseRoute(route))
    }
}

struct ControlResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Deliver to a route again, from where it stood.")

    @OptionGroup var admin: AdminOption
    @Argument(help: "Name of the route.") var route: String

    func run() throws {
        try admin.perform(.resumeRoute(route))
    }
}

struct ControlSkip: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Give up everything that waits for a route; it gets what comes from now on.")

    @OptionGroup var admin: AdminOption
    @OptionGroup var consent: ConsentOption
    @Argument(help: "Name of the route.") var route: String

    func run() throws {
        let found = try admin.look().routes.first { $0.name == route }
        let waiting = found.map { PlainWords.count($0.waiting, "packet") } ?? "everything"
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
