//! A TCP server and its clients on the loopback: echo, a small protocol with lengths, shutdown, timeouts; and UDP.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::thread;
use std::time::Duration;

/// Answers each line by itself in capitals, until `quit`.
fn serve_lines(stream: TcpStream) -> io::Result<usize> {
    let mut writer = stream.try_clone()?;
    let mut count = 0;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if line == "quit" {
            break;
        }
        count += 1;
        writeln!(writer, "{}", line.to_uppercase())?;
    }
    writer.shutdown(Shutdown::Both)?;
    Ok(count)
}

fn send_frame(stream: &mut impl Write, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(|_| ErrorKind::InvalidInput)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(payload)
}

fn receive_frame(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut payload = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut payload)?;
    Ok(Some(payload))
}

fn line_server() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || -> io::Result<Vec<usize>> {
        let handlers: Vec<_> = listener
            .incoming()
            .take(3)
            .map(|stream| stream.map(|stream| thread::spawn(move || serve_lines(stream))))
            .collect::<io::Result<_>>()?;
        let mut counts = Vec::new();
        for handler in handlers {
            counts.push(handler.join().map_err(|_| ErrorKind::Other)??);
        }
        counts.sort();
        Ok(counts)
    });
    for client in 1..=3 {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut answers = BufReader::new(stream.try_clone()?);
        for n in 0..client {
            writeln!(stream, "client {client} says {n}")?;
            let mut answer = String::new();
            answers.read_line(&mut answer)?;
            print!("{answer}");
        }
        writeln!(stream, "quit")?;
        println!("{} bytes more", answers.read_to_end(&mut Vec::new())?);
    }
    println!("{:?}", server.join().map_err(|_| ErrorKind::Other)??);
    Ok(())
}

fn frames() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (client, server) = thread::scope(|scope| {
        let client = scope.spawn(move || -> io::Result<Vec<usize>> {
            let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
            for size in [0, 5, 100_000] {
                send_frame(&mut stream, &vec![b'.'; size])?;
            }
            stream.shutdown(Shutdown::Write)?;
            let mut sizes = Vec::new();
            while let Some(frame) = receive_frame(&mut stream)? {
                sizes.push(frame.len());
            }
            Ok(sizes)
        });
        let server = || -> io::Result<usize> {
            let (mut stream, from) = listener.accept()?;
            println!("from loopback: {}", from.ip().is_loopback());
            let mut total = 0;
            while let Some(mut frame) = receive_frame(&mut stream)? {
                total += frame.len();
                frame.push(b'!');
                send_frame(&mut stream, &frame)?;
            }
            Ok(total)
        };
        let server = server();
        (client.join(), server)
    });
    println!("{:?} {:?}", client.map_err(|_| ErrorKind::Other)??, server?);
    Ok(())
}

fn main() -> io::Result<()> {
    line_server()?;
    frames()?;

    let (a, b) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    a.send_to(b"datagram", b.local_addr()?)?;
    let mut buffer = [0; 32];
    let (size, from) = b.recv_from(&mut buffer)?;
    println!("{:?} {}", String::from_utf8_lossy(&buffer[..size]), from == a.local_addr()?);
    a.set_nonblocking(true)?;
    println!("{:?}", a.recv(&mut buffer).map_err(|error| error.kind()));

    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    println!("{:?}", TcpStream::connect(closed).map(drop).map_err(|error| error.kind()));
    println!("{:?}", "localhost".parse::<IpAddr>().map_err(|error| error.to_string()));
    println!("{:?} {:?}", "[::1]:80".parse::<SocketAddr>(), "127.0.0.1:99".to_socket_addrs()?.collect::<Vec<_>>());
    Ok(())
}
