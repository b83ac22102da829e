import Foundation
import NanoCore

extension Settings {
    /// TLS on the device port. Section `devices.tls`.
    public struct DeviceTLS: Equatable, Sendable {
        /// Keys `devices.tls.certificate`, `devices.tls.key` and `devices.tls.client_ca`,
        /// environment `NANOGRIDATA_TLS_CERTIFICATE` and `NANOGRIDATA_TLS_KEY`.
        public var files: TLSFiles
        /// A TCP port of TLS's own, 0 for any free one; nil to share that of plain connections.
        /// Key `devices.tls.port`, environment `NANOGRIDATA_TLS_PORT`; default `same`.
        public var port: Int?
        /// Whether plain connections are taken. Key `devices.tls.plain`, `allow` or `refuse`;
        /// default `allow`.
        public var takesPlain = true
        /// Keys `devices.tls.minimum_version`, default `1.2`, and
        /// `devices.tls.client_certificates`, default `required` where there is a `client_ca`,
        /// else `none`.
        public var policy = TLSPolicy()
        /// How client certificates name the device whose frames alone they let in; nil where they
        /// name none. Keys `devices.tls.device_from`, default `none`, and `devices.tls.subjects`.
        public var naming: DeviceNaming?

        public init(files: TLSFiles) {
            self.files = files
        }
    }
}

extension Settings.DeviceTLS {
    private static let section = "devices.tls"

    /// What the settings say; nil when they say nothing of TLS, or what cannot be used.
    init?(_ reader: inout SettingsReader) {
        let authorities = reader.path(Self.section + ".client_ca")
        let files = reader.tlsFiles(
            Self.section, ("NANOGRIDATA_TLS_CERTIFICATE", "NANOGRIDATA_TLS_KEY"),
            clientAuthorities: authorities)
        let port = reader.tlsPort()
        let plain = reader.choice(Self.section + ".plain", of: ["allow", "refuse"]) {
            $0 == "allow"
        }
        let version = reader.choice(
            Self.section + ".minimum_version", of: TLSPolicy.Version.allCases.map(\.rawValue),
            TLSPolicy.Version.init(rawValue:))
        let certificates = reader.clientCertificates(hasAuthorities: authorities != nil)
        let naming = reader.deviceNaming(hasCertificates: certificates != .none)
        guard let files else {
            if let key = reader.file?.order.first(where: { $0.hasPrefix(Self.section + ".") }) {
                reader.needFiles(Self.section, at: key)
            }
            return nil
        }
        self.init(files: files)
        self.port = port
        takesPlain = plain ?? takesPlain
        policy.minimumVersion = version ?? policy.minimumVersion
        policy.clientCertificates = certificates
        self.naming = naming
    }

    /// What is in effect, in a line.
    var summary: String {
        var parts = [
            port.map { "port \($0)" } ?? "the device port",
            "plain connections \(takesPlain ? "allowed" : "refused")",
            "TLS \(policy.minimumVersion.rawValue) or newer",
            "client certificates \(policy.clientCertificates.rawValue)",
        ]
        if let naming { parts.append("device from \(naming.field.rawValue)") }
        return parts.joined(separator: ", ")
    }
}

extension SettingsReader {
    /// The files of a TLS server, looked at as the gateway does at its start; nil when there are
    /// none, or they cannot be used.
    ///
    /// - Parameter variables: Of the certificate and the key.
    mutating func tlsFiles(
        _ section: String, _ variables: (certificate: String, key: String)? = nil,
        clientAuthorities: String? = nil
    ) -> TLSFiles? {
        let names = [
            ("certificate", variables?.certificate, "key"), ("key", variables?.key, "certificate"),
        ]
        let paths = names.map { path("\(section).\($0.0)", $0.1) }
        guard let certificate = paths[0], let key = paths[1] else {
            for (name, path) in zip(names, paths) where path != nil {
                let place = find("\(section).\(name.0)", name.1)?.place ?? SettingsPlace(section)
                report("\(place): needs \(section).\(name.2) beside it")
            }
            return nil
        }
        let files = TLSFiles(
            section: section, certificate: certificate, key: key,
            clientAuthorities: clientAuthorities)
        do throws(TLSFault) {
            let now = Int64(Date().timeIntervalSince1970)
            _ = try ServerCertificate(reading: files, unixSeconds: now).context(TLSPolicy())
        } catch {
            let name = error.key.split(separator: ".").last.map(String.init) ?? ""
            let variable = names.first { $0.0 == name }.flatMap(\.1)
            report("\(find(error.key, variable)?.place ?? SettingsPlace(error.key)): \(error.text)")
            return nil
        }
        return judge(files, variables) ? files : nil
    }

    /// Whether nobody else decides what key there is; warns where they do of the rest.
    private mutating func judge(
        _ files: TLSFiles, _ variables: (certificate: String, key: String)?
    ) -> Bool {
        let key = files.section + ".key"
        let place = find(key, variables?.key)?.place ?? SettingsPlace(key)
        charge(place, "names a secret")
        let others = [
            ("certificate", files.certificate, "is what the gateway shows itself with"),
            ("client_ca", files.clientAuthorities, "says who may connect"),
        ]
        for (name, path, what) in others {
            guard let path else { continue }
            let key = files.section + "." + name
            let variable = name == "certificate" ? variables?.certificate : nil
            warn(ofFile: path, at: find(key, variable)?.place ?? SettingsPlace(key), what)
        }
        return trust(file: files.key, at: place)
    }

    fileprivate mutating func needFiles(_ section: String, at key: String) {
        // One that is there has been reported already.
        guard find(section + ".certificate") == nil, find(section + ".key") == nil else { return }
        report(
            "\(file?.place(of: key) ?? "configuration"): \(section) needs \(section).certificate "
                + "and \(section).key")
    }

    fileprivate mutating func tlsPort() -> Int? {
        let (key, variable) = ("devices.tls.port", "NANOGRIDATA_TLS_PORT")
        if find(key, variable)?.text.lowercased() == "same" { return nil }
        return port(key, variable, allowsAny: true)
    }

    fileprivate mutating func clientCertificates(
        hasAuthorities: Bool
    ) -> TLSPolicy.ClientCertificates {
        let key = "devices.tls.client_certificates"
        let choice = choice(
            key, of: TLSPolicy.ClientCertificates.allCases.map(\.rawValue),
            TLSPolicy.ClientCertificates.init(rawValue:))
        if choice == TLSPolicy.ClientCertificates.none, hasAuthorities {
            report(
                "\(find(key)?.place ?? SettingsPlace(key)): devices.tls.client_ca would have no effect; leave one "
                    + "of the two out")
        } else if let choice, choice != .none, !hasAuthorities {
            report(
                "\(find(key)?.place ?? SettingsPlace(key)): needs devices.tls.client_ca beside it")
        }
        return choice ?? (hasAuthorities ? .required : .none)
    }

    fileprivate mutating func deviceNaming(hasCertificates: Bool) -> DeviceNaming? {
        let (key, list) = ("devices.tls.device_from", "devices.tls.subjects")
        let names = ["none"] + DeviceNaming.Field.allCases.map(\.rawValue)
        let field = choice(key, of: names) { $0 }.flatMap(DeviceNaming.Field.init(rawValue:))
        let subjects = subjects(list)
        guard let field else {
            if let file, !subjects.isEmpty {
                report("\(file.place(of: list)): \(list) needs \(key) beside it")
            }
            return nil
        }
        if !hasCertificates {
            report(
                "\(find(key)?.place ?? SettingsPlace(key)): needs devices.tls.client_ca beside it")
        }
        return DeviceNaming(field, subjects: subjects)
    }

    /// A list, since names in certificates have dots, as keys have.
    private mutating func subjects(_ list: String) -> [[UInt8]: String] {
        var subjects: [[UInt8]: String] = [:]
        for item in items(of: list) {
            let certificate = text(item + ".certificate", limit: 256)
            let device = text(item + ".device", limit: 256)
            guard let certificate, let device else {
                report(
                    "\(file?.place(of: item) ?? "configuration"): \(item) needs certificate and "
                        + "device")
                continue
            }
            if subjects.updateValue(device, forKey: Array(certificate.utf8)) != nil {
                report(
                    "\(file?.place(of: item) ?? "configuration"): \(item).certificate is there "
                        + "twice; keep one")
            }
        }
        return subjects
    }
}
