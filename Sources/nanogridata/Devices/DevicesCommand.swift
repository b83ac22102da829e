import ArgumentParser
import NanoCore
import NanoServe
import NanoTUI

/// Who is heard: looks at the registry of devices, and changes it.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Decide which devices are heard.",
        discussion: """
            Works while a gateway runs, and when none does. A running gateway takes over what is \
            changed within a second. Everything is in the audit trail.

            Examples:
              nanogridata devices list                    who is known, or waits
              nanogridata devices adopt                   know all heard within a day
              nanogridata devices approve 0x10 ESP32-001  hear it from now on
              nanogridata devices approve --all           hear all that wait
              nanogridata devices block 0x10 ESP32-001    do not, until it is unblocked
              nanogridata devices block 10.0.4.17 --for 1h  nobody from there

            Exit codes: 0 fine, 1 failed, 2 bad usage.
            """,
        subcommands: [
            DevicesList.self, DevicesAdopt.self, DevicesApprove.self, DevicesReject.self,
            DevicesRemove.self, DevicesBlock.self, DevicesUnblock.self, DevicesBlocks.self,
        ])
}

extension DevicesCommand {
    /// How lists are written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }
}

/// A device as an argument.
struct DeviceArgument: ParsableArguments {
    @OptionGroup var folder: StateFolderOption

    @Argument(help: "The model, as two hexadecimal digits: 0x10.")
    var model: ModelID

    @Argument(
        help: ArgumentHelp(
            "The device's id; \"\" for devices of the model that send none.", valueName: "device"))
    var device: String

    var name: DeviceName { DeviceName(model, device) }

    func validate() throws { try Self.check(device) }

    /// - Throws: An error with what is wrong with an id.
    static func check(_ device: String) throws {
        guard device.unicodeScalars.count > DeviceName.maximumScalars else { return }
        throw ValidationError(
            "the id is longer than the \(DeviceName.maximumScalars) characters that one may have")
    }

    /// Takes a step with an entry in the audit trail, and prints what was done.
    func take(_ step: RegistryStep) throws {
        try folder.take(step)
    }
}

extension StateFolderOption {
    /// Takes a step with the registry and an entry in the audit trail, and prints what was done.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1.
    func take(_ step: RegistryStep) throws {
        guard let (action, target) = Command.register(step).audited else { return }
        let path = try path
        let registry = RegistryFile(stateFolder: path)
        try told { try registry.checkOwner() }
        print(
            try AuditedAct(action: action, target: target, stateFolder: path).perform {
                try registry.perform(step)
            })
    }
}

struct DevicesReject: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Do not hear a device that is not known, and ask no more.")
    @OptionGroup var device: DeviceArgument

    func run() throws { try device.take(.reject(device.name)) }
}

struct DevicesRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget what was decided about a device.")
    @OptionGroup var device: DeviceArgument

    func run() throws { try device.take(.remove(device.name)) }
}

struct DevicesAdopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Know all devices that a gateway has heard within the last day.",
        discussion: """
            What was decided about devices before stays. A running gateway writes down whom it \
            has heard every half a minute; its console adopts at once, with A in the devices view.
            """)

    @OptionGroup var folder: StateFolderOption

    func run() throws {
        guard let heard = try told({ try AdoptionFile(stateFolder: folder.path).read() }) else {
            throw CommandFailure.failed(
                "not done: no gateway has written down yet which devices it has heard; wait for a "
                    + "minute of its running")
        }
        try folder.take(.adopt(Array(Set(heard.devices.map(\.name))).sorted()))
    }
}
