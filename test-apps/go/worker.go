// Goroutines, channels, timers, mutexes, commands and a checksum of memory. worker LOG
package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var log *os.File

func check(good bool, what string, details ...interface{}) {
	if !good {
		fmt.Fprintf(log, "FAIL worker.go: %s %v\n", what, details)
		os.Exit(99)
	}
}

func stage(in <-chan int, out chan<- int) {
	for n := range in {
		out <- n + 1
	}
}

func main() {
	var err error
	if log, err = os.OpenFile(os.Args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0644); err != nil {
		panic(err)
	}
	first := make(chan int)
	last := first
	for i := 0; i < 1000; i++ {
		next := make(chan int)
		go stage(last, next)
		last = next
	}
	memory := make([]byte, 32<<20)
	for i := range memory {
		memory[i] = byte(i * 7 >> 3)
	}
	sum := sha256.Sum256(memory)
	var ticks, spins int64
	go func() {
		for range time.Tick(10 * time.Millisecond) {
			atomic.AddInt64(&ticks, 1)
		}
	}()
	var mutex sync.Mutex
	counts := map[string]int{}
	for i := 0; i < 8; i++ {
		go func(name string) {
			runtime.LockOSThread()
			for {
				mutex.Lock()
				counts[name]++
				counts["all"]++
				mutex.Unlock()
				atomic.AddInt64(&spins, 1)
				time.Sleep(5 * time.Millisecond)
			}
		}(fmt.Sprint("worker ", i))
	}
	for beat := 1; beat < 12000; beat++ {
		ticksBefore, spinsBefore, start := atomic.LoadInt64(&ticks), atomic.LoadInt64(&spins), time.Now()
		first <- beat
		check(<-last == beat+1000, "the chain of goroutines")
		if beat%10 == 0 {
			check(sha256.Sum256(memory) == sum, "memory")
			runtime.GC()
		}
		if beat%5 == 0 {
			out, err := exec.Command("/bin/sh", "-c", fmt.Sprintf("echo %d | tr 0-9 a-j", beat)).Output()
			check(err == nil && len(strings.TrimSpace(string(out))) == len(fmt.Sprint(beat)), "command", err, string(out))
		}
		time.Sleep(50 * time.Millisecond)
		check(time.Since(start) >= 50*time.Millisecond, "a timer fired early", time.Since(start))
		check(atomic.LoadInt64(&ticks) > ticksBefore && atomic.LoadInt64(&spins) > spinsBefore, "goroutines stand still")
		mutex.Lock()
		total := 0
		for name, n := range counts {
			if name != "all" {
				total += n
			}
		}
		check(total == counts["all"], "counts under a mutex")
		mutex.Unlock()
		fmt.Fprintf(log, "%d ok\n", beat)
	}
}
