import Glibc
package import NanoCore

/// What a gateway with these settings would look at when it starts, looked at without changing anything.
package struct StartCheck {
    /// What it would not start for, a line each.
    package private(set) var problems: [String] = []
    /// What it would complain of, or what is probably not meant, a line each.
    package private(set) var warnings: [String] = []

    /// Where paths were given, by key.
    private var places: [String: String] = [:]

    private static let soonSeconds: Int64 = 30 * 86_400

    /// - Parameter environment: Where the keystore's key may come from.
    package init(_ settings: Settings, environment: [String: String], now: Moment) {
        checkRelative(settings.relativePaths)
        places = settings.places
        problems += StateFolderCheck.problems(
            of: settings.state.folder, at: place("state.folder"), now)
        if problems.isEmpty { checkKeystore(settings.state.folder, environment, now) }
        checkHost("devices.host", settings.ingress.host)
        if settings.monitor.host != settings.ingress.host {
            checkHost("monitor.host", settings.monitor.host)
        }
        if let limit = settings.journal.maxBytes { checkRoom(limit, in: settings.state.folder) }
        if settings.admin.isEnabled { checkAdmin(settings) }
        checkLog(settings.logging.file)
        let files = [settings.ingress.tls?.files, settings.monitor.tls].compactMap(\.self)
        for file in files { checkEnd(file, now.unixSeconds) }
    }

    /// A service is started in another folder than the one in which its settings are checked.
    private mutating func checkRelative(_ paths: [Settings.RelativePath]) {
        guard !paths.isEmpty else { return }
        let here = getcwd(nil, 0).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        for path in paths {
            warnings.append(
                "\(path.place): \(SafeText.quotable(path.path, to: 200)) is relative to the folder in "
                    + "which the gateway is started, \(SafeText.quotable(here ?? "?", to: 200)) here; "
                    + "write the whole path")
        }
    }

    private func place(_ key: String) -> String { places[key] ?? key }

    /// Whether an address is this machine's.
    private mutating func checkHost(_ key: String, _ host: String) {
        guard host != Settings.allAddresses, !LocalAddress.isBindable(host) else { return }
        problems.append(
            "\(place(key)): \(SafeText.quotable(host, to: 200)) is no address of this machine; set it to "
                + "one, or to * for all")
    }

    /// Whether the journal can become as large as it may.
    private mutating func checkRoom(_ limit: Int, in folder: String) {
        let journal = folder + "/journal"
        // The first start makes the folders.
        var place = journal
        while access(place, F_OK) != 0, let slash = place.lastIndex(of: "/"),
            slash > place.startIndex
        {
            place = String(place[..<slash])
        }
        if access(place, F_OK) != 0 { place = place.hasPrefix("/") ? "/" : "." }
        guard let free = DiskRoom.freeBytes(at: place) else { return }
        let storage = place == journal ? (try? FolderStorage(path: journal)) : nil
        let names = (try? storage?.names()) ?? []
        let taken = names.reduce(0) { $0 + ((try? storage?.open($1).size()) ?? 0) }
        if let warning = JournalRoom.warning(maximumBytes: limit, taken: taken, free: free) {
            warnings.append(warning)
        }
    }

    private mutating func checkKeystore(
        _ folder: String, _ environment: [String: String], _ now: Moment
    ) {
        do throws(KeystoreError) {
            guard let key = try KeystoreKey(ifThere: environment, folder: folder) else { return }
            let vault = KeystoreVault(folder: folder, key: key)
            try vault.checkDistinct(try vault.load() ?? [:], now: now)
        } catch {
            problems.append("keystore: \(error)")
        }
    }

    private mutating func checkAdmin(_ settings: Settings) {
        let socket = AdminSocket(path: settings.admin.path(inFolder: settings.state.folder))
        // The state folder is made at the first start.
        if let fault = socket.placeFault(mayLackFolder: settings.admin.socket == nil) {
            problems.append("\(place("admin.socket")): \(fault)")
        }
    }

    /// A log file is made at the start, its folder is not.
    private mutating func checkLog(_ file: String?) {
        guard let file, LogStream.descriptor(of: file) == nil else { return }
        if access(file, F_OK) == 0 {
            guard access(file, W_OK) != 0 else { return }
            problems.append(
                "\(place("logging.file")): \(SafeText.quotable(file, to: 200)) cannot be written by user "
                    + "\(geteuid())")
            return
        }
        let slash = file.lastIndex(of: "/")
        let folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        let shown = SafeText.quotable(folder, to: 200)
        if access(folder, F_OK) != 0 {
            problems.append(
                "\(place("logging.file")): \(shown): \(String(cString: strerror(errno))); make the folder"
            )
        } else if access(folder, W_OK | X_OK) != 0 {
            problems.append(
                "\(place("logging.file")): the folder \(shown) cannot be written by user \(geteuid())"
            )
        }
    }

    /// Files that cannot be used are faults of the settings.
    private mutating func checkEnd(_ files: TLSFiles, _ unixSeconds: Int64) {
        let certificate = try? ServerCertificate(reading: files, unixSeconds: unixSeconds)
        for snapshot in certificate?.snapshots ?? [] {
            let left = snapshot.validUntilUnixMilliseconds / 1_000 - unixSeconds
            guard left <= Self.soonSeconds else { continue }
            warnings.append(
                "\(snapshot.key): valid until "
                    + "\(Timestamp.iso8601(snapshot.validUntilUnixMilliseconds)), "
                    + "\(PlainWords.time(seconds: Double(left))) more; renew it")
        }
    }
}

extension KeystoreKey {
    /// The key, where there is one or has to be; nil before the first start, which makes one.
    fileprivate init?(
        ifThere environment: [String: String], folder: String
    ) throws(KeystoreError) {
        let isGiven = [Self.descriptorVariable, Self.fileVariable].contains {
            environment[$0]?.isEmpty == false
        }
        let names = [Keystore.fileName, Self.defaultName]
        guard isGiven || names.contains(where: { access("\(folder)/\($0)", F_OK) == 0 }) else {
            return nil
        }
        self = try KeystoreKey(environment: environment, folder: folder, mayMake: false)
    }
}

extension AdminSocket {
    /// Why no socket could be made at the path, in a sentence; nil when one could.
    ///
    /// - Parameter mayLackFolder: Whether somebody else makes the folder.
    fileprivate func placeFault(mayLackFolder: Bool) -> String? {
        let folder = path.lastIndex(of: "/").map {
            $0 == path.startIndex ? "/" : String(path[..<$0])
        }
        let place = folder ?? "."
        if isNameTooLong {
            return
                "\(SafeText.quotable(path, to: 200)): the file's name is too long for a socket; give it 80 "
                + "bytes at most"
        }
        var status = stat()
        guard stat(place, &status) == 0 else {
            return mayLackFolder
                ? nil
                : "\(SafeText.quotable(place, to: 200)): \(String(cString: strerror(errno))); make the "
                    + "folder"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return "\(SafeText.quotable(place, to: 200)) is not a folder"
        }
        guard access(place, W_OK | X_OK) == 0 else {
            return "the folder \(SafeText.quotable(place, to: 200)) cannot be written by user "
                + "\(geteuid())"
        }
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK else { return nil }
        return
            "\(SafeText.quotable(path, to: 200)): there is something else than a socket; move it "
            + "away, or set admin.socket"
    }
}
