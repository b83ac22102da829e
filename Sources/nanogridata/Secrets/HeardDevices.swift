import NanoCore
import NanoServe

/// Which devices use which generation of their models' secrets: as the gateway knows it that runs, or
/// else as the last one has written it down.
struct HeardDevices {
    /// Those of each model that has any.
    let adoptions: [ModelID: SecretAdoption]

    /// Seconds that a gateway has for an answer.
    private static let patience = 3

    /// - Returns: Nil where nobody knows.
    /// - Throws: ``CommandFailure`` when a file cannot be read: that with the devices, or the one that
    ///   says where the gateway is.
    init?(in folder: StateFolderOption, now: Moment) throws {
        let socket = try folder.adminSocket
        do throws(AdminFault) {
            let gateway = try AdminClient(path: socket, role: .observer, seconds: Self.patience)
            adoptions = try gateway.snapshot(.devices).adoptions
        } catch {
            let known = try told { try AdoptionFile(stateFolder: folder.path).read() }
            guard let known else { return nil }
            if try folder.isHeld {
                printError(
                    "nanogridata: note: the devices are those that the gateway has written down last, "
                        + "perhaps half a minute ago, since it cannot be asked: \(error)")
            }
            adoptions = SecretAdoption.byModel(
                known.devices, nowUnixMilliseconds: now.unixMilliseconds)
        }
    }

    /// Those of a model.
    subscript(model: ModelID) -> SecretAdoption {
        adoptions[model] ?? SecretAdoption(of: model, in: [], nowUnixMilliseconds: 0)
    }
}
