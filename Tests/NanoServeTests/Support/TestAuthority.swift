import Foundation
import NIOSSL

/// A certification authority made for one test, and a receiver's certificate from it.
struct TestAuthority {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: TemporaryFolder
    /// The authority's certificate, for those who are to believe it.
    var caFile: String { folder.path + "/ca.pem" }

    /// - Parameter names: What the certificate is for: `DNS:localhost,IP:127.0.0.1`.
    init(names: String) throws {
        folder = try TemporaryFolder()
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        try openssl("req -x509 \(key) -keyout ca.key -out ca.pem -subj /CN=Authority")
        try openssl(
            "req -x509 \(key) -CA ca.pem -CAkey ca.key -keyout leaf.key -out leaf.pem "
                + "-subj /CN=receiver -addext subjectAltName=\(names) "
                + "-addext basicConstraints=critical,CA:FALSE")
    }

    /// For a receiver.
    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(folder.path + "/leaf.pem")
        let key = try NIOSSLPrivateKey(file: folder.path + "/leaf.key", format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }

    private func openssl(_ arguments: String) throws {
        let path = "/usr/bin/openssl"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(description: "openssl is missing; apt-get install openssl")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments) failed")
        }
    }
}
