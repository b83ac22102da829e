import ArgumentParser
import Foundation
import NanoCore

/// A running capture of all that comes in.
struct ControlCapture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Have the gateway write all that comes in, with its verdicts, to files.",
        discussion: """
            The files go to the folder captures in the state folder. Payloads that came encrypted \
            stay so.

            Examples:
              nanogridata ctl capture start --time 10m
              nanogridata ctl capture start --files 10 --file-bytes 100000000
              nanogridata ctl capture stop
            """,
        subcommands: [
            ControlCaptureStart.self, ControlCaptureStop.self, ControlCaptureStatus.self,
        ],
        defaultSubcommand: ControlCaptureStatus.self)
}

struct ControlCaptureStart: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin a capture.",
        discussion: "It ends by the first of its limits; without any and without a ring at 1 GiB.")

    @OptionGroup var admin: AdminOption
    @Option(
        help: "How packets are written: pcapng, ndjson or hex.",
        transform: Self.format(argument:))
    var format = DumpFormat.pcapng

    @Option(
        parsing: .unconditional, help: "End after so many packets.",
        transform: Limited.integer(CaptureOrder.allowedPackets))
    var packets: Int?

    @Option(
        parsing: .unconditional, help: "End after so many bytes of files.",
        transform: Limited.integer(CaptureOrder.allowedBytes))
    var bytes: Int?

    @Option(
        parsing: .unconditional, help: "End after a time: 30s, 10m, 2h, 1d.",
        transform: Limited.span(
            TimeSpan(
                seconds: Int64(CaptureOrder.allowedSeconds.lowerBound))...TimeSpan(
                    seconds: Int64(CaptureOrder.allowedSeconds.upperBound))))
    var time: TimeSpan?

    @Option(
        parsing: .unconditional, help: "Keep the newest of so many files, with --file-bytes.",
        transform: Limited.integer(CaptureOrder.allowedFiles))
    var files: Int?

    @Option(
        parsing: .unconditional, help: "Begin the next file of the ring at this size.",
        transform: Limited.integer(CaptureOrder.allowedBytes))
    var fileBytes: Int?

    private static func format(argument: String) throws -> DumpFormat {
        guard let format = DumpFormat(rawValue: argument) else {
            let names = DumpFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw Limited.Fault(description: "use one of \(names)")
        }
        return format
    }

    func validate() throws {
        guard (files == nil) == (fileBytes == nil) else {
            throw ValidationError("--files and --file-bytes go together")
        }
    }

    func run() throws {
        let ring = files.flatMap { files in
            fileBytes.map { CaptureOrder.Ring(files: files, fileBytes: $0) }
        }
        try admin.perform(
            .startCapture(
                CaptureOrder(
                    format: format, packets: packets, bytes: bytes,
                    seconds: time.map { Int($0.seconds) }, ring: ring)))
    }
}

struct ControlCaptureStop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End the capture that runs.")

    @OptionGroup var admin: AdminOption

    func run() throws {
        try admin.perform(.stopCapture)
    }
}

struct ControlCaptureStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the capture, or how the last one ended (the default).")

    @OptionGroup var admin: AdminOption

    func run() throws {
        let snapshot = try admin.look()
        print(SafeText.escaped(snapshot.capture?.sentence ?? "no capture runs"))
    }
}
