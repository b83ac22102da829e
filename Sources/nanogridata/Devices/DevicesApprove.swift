import ArgumentParser
import NanoCore
import NanoServe

struct DevicesApprove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Hear a device, whatever was decided before, or all that wait for approval.",
        usage: """
            nanogridata devices approve [<options>] <model> <device>
            nanogridata devices approve [<options>] --all [--model <model>] [--yes]
            """,
        discussion: """
            Before all are approved you are asked, and told which; in scripts say --yes. Each has an entry \
            of its own in the audit trail. Those that could not be approved are listed, with exit code 1.
            """)

    @OptionGroup var folder: StateFolderOption
    @OptionGroup var consent: ConsentOption

    @Flag(help: "All devices that wait for approval.") var all = false
    @Option(
        name: .customLong("model"), help: "With --all: only those of this model, as 0x10.")
    var onlyModel: ModelID?
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID?
    @Argument(help: "The device's id; \"\" for devices of the model that send none.")
    var device: String?

    func validate() throws {
        guard all else {
            guard onlyModel == nil, !consent.yes else {
                throw ValidationError("--model and --yes are for --all")
            }
            guard model != nil, let device else {
                throw ValidationError("give a model and a device's id, or --all")
            }
            return try DeviceArgument.check(device)
        }
        guard model == nil else {
            throw ValidationError("--all stands alone; --model says of which model")
        }
    }

    func run() throws {
        if let model, let device { return try folder.take(.approve(DeviceName(model, device))) }
        let names = try folder.waiting().map(\.name).filter { name in
            onlyModel.map { $0 == name.model } ?? true
        }
        let ofModel = onlyModel.map { " of \($0)" } ?? ""
        guard !names.isEmpty else { return print("nobody\(ofModel) waits for approval") }
        try consent.obtain(Self.question(names, ofModel))
        try approve(names)
    }

    /// Devices that are named in a question.
    private static let named = 10

    private static func question(_ names: [DeviceName], _ ofModel: String) -> String {
        let rest = UInt64(max(0, names.count - named))
        let more = rest > 0 ? ", and \(PlainWords.count(rest)) more" : ""
        return "approve \(PlainWords.count(UInt64(names.count), "device"))\(ofModel) that "
            + "\(names.count == 1 ? "waits" : "wait"): "
            + names.prefix(named).map(\.words).joined(separator: ", ") + "\(more)?"
    }

    /// Approves one after the other, and tells of each.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 that lists those which could not be.
    private func approve(_ names: [DeviceName]) throws {
        // Others may have decided while the question stood.
        let decided = try told { try RegistryFile(stateFolder: folder.path).read() }
        var faults: [String] = []
        for name in names {
            if let standing = decided[name] {
                faults.append("\(name.words): it is \(standing.rawValue) by now, and stays so")
                continue
            }
            do {
                try folder.take(.approve(name))
            } catch let failure as CommandFailure {
                faults.append("\(name.words): \(failure.sentence)")
            }
        }
        let count = PlainWords.count(UInt64(names.count - faults.count), "device")
        guard faults.isEmpty else {
            throw CommandFailure.failed(
                "\(count) approved, and not:\n  " + faults.joined(separator: "\n  "))
        }
        print("\(count) approved")
    }
}
