import Glibc
import NanoCore

extension SettingsReader {
    private static let maximumArguments = 100
    private static let maximumBytes = 4_096

    /// The program that an endpoint names, which has to be there and safe to run: whoever may change it
    /// decides what the gateway's user does.
    mutating func program(_ finding: Finding) -> Settings.Endpoint? {
        charge(finding.place, "names a program")
        if let problem = Self.problem(ofProgram: finding.text) {
            report("\(finding.place): \(problem)")
            return nil
        }
        let weakness = TrustedPath(user: geteuid(), path: finding.text).problem
        if let weakness, !isTaken(at: finding.place, despite: weakness) { return nil }
        return .program(HookProgram(path: finding.text))
    }

    /// What a program gets besides its input, from the section of its destination.
    mutating func addSurroundings(to program: inout HookProgram, below section: String) {
        let arguments = list(section + ".arguments")
        if arguments.count > Self.maximumArguments {
            report(
                "\(section).arguments: \(arguments.count) are too many; use at most "
                    + "\(Self.maximumArguments)")
        }
        program.arguments = arguments.compactMap { text($0) }
        for name in HookProgram.inheritedVariables {
            guard let value = environment[name], !value.isEmpty else { continue }
            program.set(name, value)
        }
        for name in names(below: section + ".environment") {
            let key = "\(section).environment.\(name)"
            guard Self.isVariableName(name) else {
                refuseName(
                    key, "is not the name of a variable",
                    allowed: "letters, digits and _, no digit first")
                continue
            }
            if let value = find(key).flatMap({ text($0) }) { program.set(name, value) }
        }
    }

    /// A text that a program can be given. It may be a credential, and is not repeated.
    private mutating func text(_ finding: Finding) -> String? {
        guard finding.text.utf8.count <= Self.maximumBytes, !finding.text.utf8.contains(0) else {
            report(
                "\(finding.place): cannot be given to a program; use at most \(Self.maximumBytes) "
                    + "bytes, none of them zero")
            return nil
        }
        return finding.text
    }

    /// Why a path names no program that should be run; nil when it does.
    private static func problem(ofProgram path: String) -> String? {
        let shown = SafeText.quotable(path, to: 200)
        var status = stat()
        guard stat(path, &status) == 0 else {
            return "\(shown) cannot be examined: \(String(cString: strerror(errno))); name a "
                + "program by its absolute path"
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return "\(shown) is no plain file; name a program"
        }
        guard access(path, X_OK) == 0 else {
            return "\(shown) is not executable; chmod u+x \(shown)"
        }
        return nil
    }

    private static func isVariableName(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil
    }
}

extension HookProgram {
    fileprivate mutating func set(_ name: String, _ value: String) {
        environment.removeAll { $0.name == name }
        environment.append(Variable(name: name, value: Secret(Array(value.utf8))))
    }
}
