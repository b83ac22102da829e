import Glibc
import NIOCore

/// Why a port cannot be listened on.
public struct ListenError: StartFault {
    let place: String
    let underlying: (any Error)?

    /// What is known of a host comes from the settings; a port in use is another program's.
    public var isMisconfiguration: Bool {
        guard let error = underlying as? IOError else { return true }
        return error.isAddressFamilyFault || error.errnoCode == EINVAL
    }

    public var description: String {
        "cannot listen on \(place): \(reason)"
    }

    private var reason: String {
        let remedy = "set devices.host (NANOGRIDATA_HOST) to one, or to * for all"
        guard let error = underlying as? IOError else {
            return "the host is not known as an address of this machine; " + remedy
        }
        switch error.errnoCode {
        case EADDRINUSE: return "it is in use; stop the other program or change it"
        case EACCES: return "not permitted; ports below 1024 need privileges"
        case _ where isMisconfiguration: return "this machine has no such address; " + remedy
        case let code: return String(cString: strerror(code))
        }
    }
}

extension IOError {
    var isAddressFamilyFault: Bool {
        [EAFNOSUPPORT, EADDRNOTAVAIL, EPROTONOSUPPORT].contains(errnoCode)
    }
}
